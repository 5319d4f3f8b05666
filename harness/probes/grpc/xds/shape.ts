/** The parts of `@grpc/grpc-js-xds` that are read. All but `XdsClient` and `Watcher` are out of reach by name, and are met as values. */

/** A kind of resource: one object for each, for as long as its module lives. */
export interface ResourceType {
  /** `envoy.config.listener.v3.Listener`. */
  getTypeUrl(): string;
}

/** What an `XdsClient` knows of one name. */
export interface ResourceState {
  readonly watchers: Set<object>;
}

/** The client of a process, or of one channel that brought a bootstrap of its own. */
export interface XdsClient {
  readonly authorityStateMap: ReadonlyMap<
    string,
    { readonly resourceMap: ReadonlyMap<ResourceType, ReadonlyMap<string, ResourceState>> }
  >;
  readonly clients?: readonly { readonly client: ServerClient }[];
  cancelResourceWatch(type: ResourceType, name: string, watcher: object): void;
}

/** Its connection to one control plane: `XdsSingleServerClient`. */
export interface ServerClient {
  adsCallState: CallState | null;
  lrsCallState?: CallState | null;
  readonly xdsServerConfig?: { readonly server_uri?: string };
  /** How many authorities are watched on it: as the client has it, no stream is to be started where none is. */
  readonly refcount?: number;
  /** What load is reported for. */
  readonly clusterStatsMap?: { readonly size: number };
  readonly adsClient?: { getChannel(): { getConnectivityState(tryToConnect: boolean): number } };
}

/** One stream to the control plane. */
export interface CallState {
  readonly call: StreamCall;
  readonly typeStates?: ReadonlyMap<
    ResourceType,
    { readonly subscribedResources: ReadonlyMap<string, ReadonlyMap<string, unknown>> }
  >;
}

/** The client's side of a bidirectional call. */
export interface StreamCall {
  readonly writableEnded: boolean;
  readonly readableEnded: boolean;
  readonly destroyed: boolean;
  cancel(): void;
  removeAllListeners(event: string): void;
}

const SHORT: Readonly<Record<string, string>> = {
  Listener: 'LDS',
  RouteConfiguration: 'RDS',
  Cluster: 'CDS',
  ClusterLoadAssignment: 'EDS',
};

/** `LDS`, `RDS`, `CDS`, `EDS`; the last part of its URL for any other. */
export function shortName(type: ResourceType): string {
  const name = type.getTypeUrl().replace(/^.*[./]/, '');
  return SHORT[name] ?? name;
}
