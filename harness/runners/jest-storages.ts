import { AsyncLocalStorage } from 'node:async_hooks';
import type { FileClassifier } from '../engine/file-classifier';
import { OpeningCamera } from '../engine/opening';

type Storage = AsyncLocalStorage<unknown> & { readonly enabled?: boolean };
type Enable = (this: Storage) => void;

const { disable } = AsyncLocalStorage.prototype;

const CIRCUS = /[\\/]jest-circus[\\/]/;

/** Only one frame's file is asked for, and nothing made of the rest. */
const ANYBODYS: FileClassifier = {
  origin: () => 'host',
  isImport: () => false,
  isPluginCall: () => false,
  isForItself: () => false,
};

/**
 * Ends the storage that jest-circus leaves enabled. On Node 20 and 22 every promise passes through all storages that were ever enabled, and
 * jest-circus, which is loaded anew for each test file, has one of its own (Jest 30.5): the 150th file of a process pays for 150, and
 * pays again for each promise that the gate adds. Node's method by which a storage is enabled for the first time is watched until
 * jest-circus comes by; later Nodes have none, and nothing to end.
 * @returns ends the storage: its file must be over
 */
export function endOfStorage(): () => void {
  const prototype = AsyncLocalStorage.prototype as object as { _enable?: Enable };
  const enable = prototype._enable;
  if (typeof enable !== 'function' || !Object.isExtensible(prototype)) return () => {};
  const camera = new OpeningCamera(ANYBODYS);
  let left: WeakRef<Storage> | undefined;
  const watching: Enable = function () {
    if (this.enabled === false && CIRCUS.test(camera.callerOf(watching, 2) ?? '')) {
      left = new WeakRef(this);
      takeBack();
    }
    enable.call(this);
  };
  const takeBack = (): void => {
    if (prototype._enable === watching) prototype._enable = enable;
  };
  prototype._enable = watching;
  return () => {
    takeBack();
    const storage = left?.deref();
    if (storage !== undefined) disable.call(storage);
  };
}
