-- The operator leaves everything it made for the resource unchanged until it is resumed. Captures continue.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["ssmd.io/paused"] = "true"
return obj
