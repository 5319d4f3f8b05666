'use strict';

/**
 * Sums Jest's JSON results: `node tally.js <failed commands> <result without .json>...` prints `N passed, N failed` and ends
 * with 1 if anything failed or nothing ran. What left no result, a suite that could not run, and a command that failed though
 * all its tests passed (a static check, a leak of a file) each count as one failure.
 */
const { readFileSync } = require('node:fs');
const { basename } = require('node:path');

const [commands, ...reports] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let reportsWithFailures = 0;

for (const report of reports) {
  let result;
  try {
    result = JSON.parse(readFileSync(`${report}.json`, 'utf8'));
  } catch {
    console.log(`Node ${basename(report)}: no result`);
    failed += 1;
    reportsWithFailures += 1;
    continue;
  }
  const bad = result.numFailedTests + result.numRuntimeErrorTestSuites;
  console.log(`Node ${basename(report)}: ${result.numPassedTests} passed, ${bad} failed`);
  if (result.numPassedTests + bad === 0) console.log('!! No test ran.');
  passed += result.numPassedTests;
  failed += result.numPassedTests + bad === 0 ? 1 : bad;
  if (bad > 0 || result.numPassedTests === 0) reportsWithFailures += 1;
}

failed += Math.max(0, Number(commands) - reportsWithFailures);
if (failed > 0 || passed === 0) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed`);
