-- Everything that was made for it stays as it is, whatever is changed, until it is resumed. Captures go on.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["ssmd.io/paused"] = "true"
return obj
