import { describe, expect, it } from '@jest/globals';
import type { HeapGraph } from '../../harness/engine/heap/heap-graph';
import { SnapshotParser } from '../../harness/engine/heap/snapshot-parser';

/** As V8 writes it: fields in an order of its own, arrays that nobody needs in between, escapes in strings. */
const SNAPSHOT = `{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count","detachedness"],
"node_types":[["hidden","object","closure"],"string","number","number","number","number"],
"edge_fields":["type","name_or_index","to_node"],"edge_types":[["property","element","weak"],"string_or_number","node"],
"trace_function_info_fields":["function_id"],"location_fields":["object_index","script_id","line","column"]},
"node_count":3,"edge_count":3,"trace_function_count":0},
"nodes":[1,0,1,16,2,0
,1,1,3,4294967295,1,0
,2,2,5,32,0,0
],
"edges":[0,3,6
,1,7,12
,2,4,0
],
"trace_function_infos":[],
"trace_tree":[],
"samples":[],
"locations":[12,9,4,2
],
"strings":["Map","say \\"hi\\"\\\\","it\\u0041","a]b","target"]}`;

function parsed(bytesAtOnce: number): HeapGraph {
  const bytes = Buffer.from(SNAPSHOT);
  const parser = new SnapshotParser(bytes.length);
  for (let at = 0; at < bytes.length; at += bytesAtOnce) parser.write(bytes.subarray(at, at + bytesAtOnce));
  return parser.end();
}

describe('a heap snapshot', () => {
  it.each([1, 2, 7, 64, 100_000])('reads the same, %d bytes at a time', (bytesAtOnce) => {
    const graph = parsed(bytesAtOnce);
    expect(graph.nodeCount).toBe(3);
    expect([0, 1, 2].map((node) => [graph.typeOf(node), graph.nameOf(node)])).toEqual([
      ['object', 'Map'],
      ['object', 'say "hi"\\'],
      ['closure', 'itA'],
    ]);
    expect([...graph.edges(0)].map((edge) => [graph.edgeType(edge), graph.edgeName(edge), graph.target(edge)])).toEqual(
      [
        ['property', 'a]b', 1],
        ['element', '7', 2],
      ],
    );
    expect(graph.follow(1, 'weak', 'target')).toBe(0);
    expect([graph.columns.sizes[1], graph.columns.ids[2], graph.columns.scripts[2]]).toEqual([4294967295, 5, 9]);
    expect(graph.placeOf(2)).toEqual({ line: 4, column: 2 });
  });

  it('compares the type of an edge as well as its name', () => {
    const graph = parsed(64);
    expect(graph.follow(0, 'property', 'a]b')).toBe(1);
    expect(graph.follow(0, 'context', 'a]b')).toBeUndefined();
    expect(graph.follow(0, 'element', '7')).toBe(2);
  });

  it('cut short is an error, not a small heap', () => {
    const bytes = Buffer.from(SNAPSHOT);
    const parser = new SnapshotParser(bytes.length);
    parser.write(bytes.subarray(0, bytes.length - 3));
    expect(() => parser.end()).toThrow('ends before its strings do');
  });
});
