/** Runs inside the sandbox: hands its module cache over to the environment, which looks up what is loaded there and loads nothing. */
(globalThis as Record<symbol, unknown>)[Symbol.for('leakgate.modules')] = require.cache;
