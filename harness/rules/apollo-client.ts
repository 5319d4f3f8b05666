import type { Rule } from '../model/rule';

const reason =
  'in a page the first client of a copy of the library waits 10 s, once, to recommend its devtools: `client.stop()` does not end that.';

/** What Apollo Client 3 keeps by design, as modules and bundled. */
const rules: readonly Rule[] = [
  ...['core/ApolloClient.js', 'core/core.cjs', 'apollo-client.cjs'].map((file) => ({
    kind: 'timeout',
    package: '@apollo/client',
    file,
    fn: 'ApolloClient.connectToDevTools',
    reason,
    reference: 'https://github.com/apollographql/apollo-client/blob/v3.14.0/src/core/ApolloClient.ts',
  })),
];

export default rules;
