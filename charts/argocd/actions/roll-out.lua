-- Lets a roll-out that waits go ahead: its pods are replaced now, which is a short hole in the data. Any new value does it.
local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["ssmd.io/rollout"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
return obj
