// The graphs that are measured: conditions whose branches meet again, one behind the other.

export function workflow(count) {
  const steps = [{ id: "0", task_id: "shopify::admin::order_created", task_version: "0.1", task_type: "TRIGGER", config: [], position: [0, 0] }];
  const links = [];
  let ends = [["0", "output"]];
  const step = (task_id, task_type, config) => {
    const id = String(steps.length);
    steps.push({ id, task_id, task_version: "0.1", task_type, config, position: [0, 0] });
    return id;
  };
  // A filled field, so that a check has nothing to say.
  const seen = () => [{ id: "message", value: "Seen" }];
  const link = (from, from_port, to) => links.push({ from, from_port, to, to_port: "input" });
  while (steps.length + 3 <= count) {
    const head = step("shopify::flow::condition", "CONDITION", [{ id: "condition", value: "(order.name == 'a')" }]);
    for (const [from, port] of ends) link(from, port, head);
    const yes = step("shopify::flow::log_output", "ACTION", seen());
    const no = step("shopify::flow::log_output", "ACTION", seen());
    link(head, "true", yes);
    link(head, "false", no);
    ends = [[yes, "output"], [no, "output"]];
  }
  return { name: `${count} steps`, steps, links };
}
