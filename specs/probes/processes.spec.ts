import { describeProbe } from './probe-fixtures';

const child = (command: string, remedy = 'child\\.kill\\(\\)') => ({
  kind: 'child-process',
  says: new RegExp(
    `^A child process \\(pid \\d+: ${command}.*\\) was started in this test, but never ended\\.\nEnd it with .*${remedy}`,
  ),
});

describeProbe('processes', {
  'leaks-spawned': child('node -e setInterval'),
  'leaks-stdio-ignored': child('node -e setInterval'),
  'leaks-stdio-inherited': child('node -e setInterval'),
  'leaks-detached': child('node -e setInterval'),
  'leaks-unref': child('node -e setInterval'),
  'leaks-talking': child('node -e console\\.log'),
  'leaks-forked': child('node /', 'child\\.disconnect\\(\\)'),
  'leaks-disconnected': child('node /'),
  'leaks-exec': child('/bin/sh -c exec sleep 60'),
  'leaks-exec-file': child('sleep 60'),
  'leaks-promisified': child('sleep 60'),
});
