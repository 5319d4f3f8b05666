import { describeProbe } from './probe-fixtures';

describeProbe('files', {
  'leaks-descriptor': {
    kind: 'file-descriptor',
    says: /^A file descriptor on leaks-descriptor\.ts \(fd \d+\) was opened in this test, but never closed\.\nClose it with `fs\.closeSync\(fd\)` in the test/,
  },
  'leaks-descriptor-callback': {
    kind: 'file-descriptor',
    says: /^A file descriptor on leaks-descriptor-callback\.ts /,
  },
  'leaks-descriptor-reused': { kind: 'file-descriptor', says: /^A file descriptor on leaks-descriptor-reused\.ts / },
  'leaks-handle': {
    kind: 'file-handle',
    says: /^A file handle on leaks-handle\.ts was opened in this test, but never closed\.\nClose it with `await handle\.close\(\)`/,
  },
  'leaks-handle-stream': { kind: 'file-handle', says: /^A file handle on leaks-handle-stream\.ts / },
  'leaks-read-stream': {
    kind: 'read-stream',
    says: /^A read stream on leaks-read-stream\.ts was opened in this test, but never closed\.\n.*`stream\.destroy\(\)`/,
  },
  'leaks-read-stream-subclass': { kind: 'read-stream', says: /^A read stream on leaks-read-stream-subclass\.ts / },
  'leaks-read-stream-collected': { kind: 'read-stream', says: /^A read stream on leaks-read-stream-collected\.ts / },
  'leaks-write-stream': {
    kind: 'write-stream',
    says: /^A write stream on .*log\.txt was opened in this test, but never closed\.\nEnd it with `stream\.end\(\)`/,
  },
  'leaks-directory': { kind: 'directory', says: /^A directory handle on .*files was opened in this test/ },
  'leaks-directory-promised': { kind: 'directory', says: /^A directory handle on .*files was opened in this test/ },
});
