import { describeProbe } from './probe-fixtures';

const watcher = (path: string, remedy = '`watcher\\.close\\(\\)`') => ({
  kind: 'watcher',
  says: new RegExp(`^A file watcher on ${path} was opened in this test, but never closed\\.\n.*${remedy}`),
});
const polling = {
  kind: 'stat-watcher',
  says: /^A polling file watcher on .*\/settings\.json was opened in this test, but never stopped\.\n.*`fs\.unwatchFile/,
};

describeProbe('watchers', {
  'leaks-file': watcher('.*/settings\\.json'),
  'leaks-folder': watcher('/.*/leakgate-watched-\\w+'),
  'leaks-unref': watcher('/.*/leakgate-watched-\\w+'),
  'leaks-tree': watcher('/.*/leakgate-watched-\\w+'),
  'leaks-polled': polling,
  'leaks-polled-unref': polling,
  'leaks-promised': watcher('/.*/leakgate-watched-\\w+', '`return\\(\\)`.*`signal`'),
  'leaks-promised-pending': watcher('/.*/leakgate-watched-\\w+', '`return\\(\\)`.*`signal`'),
});
