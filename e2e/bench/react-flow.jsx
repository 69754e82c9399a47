// The same graph in React Flow, as its documentation advises: memoised nodes of a known size, dagre
// for the layout, everything outside of the component made once.
import { memo, useCallback } from "react";
import { createRoot } from "react-dom/client";
import dagre from "dagre";
import { Background, Controls, Handle, MiniMap, Position, ReactFlow, applyNodeChanges, useEdgesState, useNodesState } from "@xyflow/react";
import "@xyflow/react/dist/style.css";

const WIDTH = 272;
const HEIGHT = 88;

const FACES = {
  TRIGGER: { title: "Order created", summary: "Runs when an order is placed or a draft becomes one", path: "M13 2 4 14h6l-1 8 9-12h-6z" },
  CONDITION: { title: "Condition", summary: "Order name is “a”", path: "M12 3v6m0 0-6 5v7m6-12 6 5v7" },
  ACTION: { title: "Log output", summary: "Seen", path: "M5 4h14v16H5zM8 9h8M8 13h8M8 17h5" },
};

const Step = memo(function Step({ data }) {
  const face = FACES[data.kind];
  return (
    <div className={`card ${data.kind.toLowerCase()}`} aria-label={`${face.title}. ${face.summary}.`}>
      {data.kind !== "TRIGGER" && <Handle type="target" position={Position.Top} />}
      <span className="card-body">
        <span className="card-icon">
          <svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="2">
            <path d={face.path} />
          </svg>
        </span>
        <span className="card-text">
          <span className="card-title">{face.title}</span>
          <span className="card-summary">{face.summary}</span>
        </span>
      </span>
      {data.kind === "CONDITION" ? (
        <>
          <Handle id="true" type="source" position={Position.Bottom} style={{ left: "30%" }} />
          <Handle id="false" type="source" position={Position.Bottom} style={{ left: "70%" }} />
        </>
      ) : (
        <Handle id="output" type="source" position={Position.Bottom} />
      )}
    </div>
  );
});

const nodeTypes = { step: Step };
const LABELS = { true: "Then", false: "Otherwise" };

function laidOut({ steps, links }) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 36, ranksep: 68 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of steps) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { from, to } of links) graph.setEdge(from, to);
  dagre.layout(graph);
  const nodes = steps.map(({ id, task_type }) => {
    const { x, y } = graph.node(id);
    return {
      id,
      type: "step",
      data: { kind: task_type },
      position: { x: x - WIDTH / 2, y: y - HEIGHT / 2 },
      width: WIDTH,
      height: HEIGHT,
    };
  });
  const edges = links.map(({ from, from_port, to }) => ({
    id: `${from}.${from_port}.${to}`,
    source: from,
    sourceHandle: from_port,
    target: to,
    type: "smoothstep",
    label: LABELS[from_port],
  }));
  return { nodes, edges, middle: graph.graph().width / 2 };
}

function Graph({ laid, onlyVisible, viewport }) {
  const [nodes, setNodes] = useNodesState(laid.nodes);
  const [edges, , onEdgesChange] = useEdgesState(laid.edges);
  const onNodesChange = useCallback((changes) => setNodes((nodes) => applyNodeChanges(changes, nodes)), [setNodes]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      nodeTypes={nodeTypes}
      onlyRenderVisibleElements={onlyVisible}
      defaultViewport={viewport}
      minZoom={0.1}
      panOnScroll
      zoomOnPinch
    >
      <Background />
      <Controls />
      <MiniMap />
    </ReactFlow>
  );
}

const settings = new URLSearchParams(location.search);
const workflow = await (await fetch(`/workflow.json?steps=${settings.get("steps")}`)).json();
const before = performance.now();
const laid = laidOut(workflow);
window.layoutTook = performance.now() - before;
const zoom = Number(settings.get("zoom"));
const viewport = { x: innerWidth / 2 - laid.middle * zoom, y: 56, zoom };
createRoot(document.getElementById("root")).render(<Graph laid={laid} onlyVisible={settings.has("visible")} viewport={viewport} />);
