-- Health of a Feed, an Environment, an Archive or a Signal for Argo CD. Their status is shaped for kstatus: conditions with Ready,
-- Stalled and Reconciling, and observedGeneration. One script serves all four kinds. Lua 5.1, and of its libraries none:
-- Argo CD opens few of them.
--
-- The first that holds:
--   the operator has not looked yet, or not at this generation        Progressing
--   Stalled: nothing helps but a change                               Degraded
--   Paused: by annotation, or by spec.suspend                         Suspended
--   Ready, but what is captured goes nowhere (see LOST)               Degraded
--   Ready                                                             Healthy
--   not Ready: something else comes first, and it recovers automatically  Progressing

local WAITING = { status = "Progressing", message = "Waiting for the operator" }

-- Ready says that everything runs as declared, and a quiet market or a short outage of NATS is no fault of a
-- resource: DataFlowing is reported beside it. These two reasons last until a person acts, and frames are lost meanwhile.
local LOST = { StreamRefused = true, Troubled = true }

-- What DataFlowing says if there is nothing to tell. With any other reason it may hold too: then everything is captured and
-- durable, and something about it is in doubt, such as ProofLost.
local PLAIN = { Flowing = true, Quiet = true, NotNeeded = true }

local status = obj.status
if status == nil or status.conditions == nil then
  return WAITING
end
if status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return WAITING
end

local found = {}
for _, condition in ipairs(status.conditions) do
  found[condition.type] = condition
end

local function holds(name)
  return found[name] ~= nil and found[name].status == "True"
end

local function says(health, name)
  return { status = health, message = found[name].message or "" }
end

if holds("Stalled") then
  return says("Degraded", "Stalled")
end
-- A Feed reports the same condition when all its Environments are suspended: no spec has to be read.
if holds("Paused") then
  return says("Suspended", "Paused")
end
if found.Ready == nil then
  return WAITING
end
if not holds("Ready") then
  return says("Progressing", "Ready")
end

local flow = found.DataFlowing
if flow ~= nil and flow.status == "False" and LOST[flow.reason] then
  return says("Degraded", "DataFlowing")
end

-- Healthy, and what a person would still like to know.
local health = says("Healthy", "Ready")
local function add(text)
  if text ~= nil and text ~= "" then
    health.message = health.message == "" and text or health.message .. "; " .. text
  end
end
if flow ~= nil and flow.status ~= "Unknown" and not PLAIN[flow.reason] then
  add(flow.message)
end
if holds("RolloutPending") then
  add(found.RolloutPending.message)
end
return health
