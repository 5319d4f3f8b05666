import { describeProbe } from './probe-fixtures';

/** A channel that was closed, and what it left. */
const closed = (left: string, remedy: string) => ({
  kind: 'grpc-channel',
  says: new RegExp(
    `^A gRPC client channel to \\S+ was closed in leaks-[\\w-]+\\.ts:\\d+, yet ${left}[^\\n]*\\n${remedy}`,
  ),
});

describeProbe('grpc-load-balancers', {
  'leaks-forgotten-child': closed(
    'its forgetful policy left a pick_first policy',
    'Destroy it with `balancer\\.destroy\\(\\)` when the forgetful policy is destroyed\\.$',
  ),
  'leaks-timer': closed(
    'its probing policy left an interval of 60 s \\(leaks-timer\\.ts:\\d+\\)',
    'Clear it with `clearInterval\\(timer\\)` when the probing policy is destroyed\\.$',
  ),
  'leaks-timer-at-destroy': closed(
    "its rearming policy left a timeout of 60 s \\(unref'd\\) \\(leaks-timer-at-destroy\\.ts:\\d+\\)",
    'Clear it with `clearTimeout\\(timer\\)` when the rearming policy is destroyed\\.$',
  ),
  'leaks-child-after-destroy': closed('its late policy left a pick_first policy', 'Stop what goes on using it'),
});

describeProbe('grpc-resolvers', {
  'leaks-own': {
    kind: 'grpc-resolver',
    says: /^A name resolver of ipv4:127\.0\.0\.1:9 was created in this test, but never destroyed\.\nDestroy it with `resolver\.destroy\(\)`/,
  },
  'leaks-news-after-close': closed(
    'it left a pick_first policy \\(leaks-news-after-close\\.ts:\\d+\\)',
    'Stop what goes on using it before it is closed\\.$',
  ),
});

describeProbe('grpc-subchannels', {
  'leaks-extra-reference': closed(
    'its pick_first policy left a gRPC subchannel to 127\\S+ \\(leaks-extra-reference\\.ts:19\\)',
    'Release every reference to it with `unref\\(\\)` when the pick_first policy is destroyed\\.$',
  ),
  'leaks-comes-back': closed(
    'its gRPC subchannel to 127\\S+ left an HTTP/2 session to http://127\\S+ \\(transport\\.ts:\\d+\\)',
    'No call of yours ends it: the defect is in @grpc/grpc-js\\.',
  ),
});
