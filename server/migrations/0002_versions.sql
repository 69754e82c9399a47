-- Who turned a version on, and the model that drew it last. Null for versions from before this was kept.
alter table workflow_version add column person_id text;
alter table workflow_version add column model text;

-- The version of its workflow that a session began with, so that nobody overwrites unseen what was turned on elsewhere
-- since. Null for sessions that did not begin with a workflow.
alter table session add column workflow_version bigint;
