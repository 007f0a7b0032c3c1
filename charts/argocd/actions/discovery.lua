-- Which of the actions make sense for this Feed, Environment, Archive or Signal as it is.
local annotations = obj.metadata.annotations or {}
local paused = annotations["ssmd.io/paused"] == "true"

local waits = false
if obj.status ~= nil then
  for _, condition in ipairs(obj.status.conditions or {}) do
    if condition.type == "RolloutPending" and condition.status == "True" then
      waits = true
    end
  end
end

local actions = {}
actions["pause"] = { ["iconClass"] = "fa fa-fw fa-pause-circle", ["disabled"] = paused }
actions["resume"] = { ["iconClass"] = "fa fa-fw fa-play-circle", ["disabled"] = not paused }
actions["roll-out"] = { ["iconClass"] = "fa fa-fw fa-redo", ["disabled"] = not waits }
return actions
