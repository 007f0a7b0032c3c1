-- The operator makes it so again.
if obj.metadata.annotations ~= nil then
  obj.metadata.annotations["ssmd.io/paused"] = nil
end
return obj
