// Runs a script the way Argo CD does: Lua 5.1, the object as `obj`, and of the libraries only what Argo CD opens (base,
// table, and `require("os")` with time and date). What comes back is the returned table.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { missingProgram } from '#testing/programs.ts'

const PROGRAM = 'lua5.1'

/** Why scripts cannot run here, or undefined. */
export const missingLua = () => missingProgram('lua5.1')

/** As a literal of Lua. What is null in JSON is nil, as it is in Argo CD. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'string') return textLiteral(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `{${value.map(literal).join(',')}}`
  return `{${Object.entries(value)
    .map(([key, inner]) => `[${textLiteral(key)}]=${literal(inner)}`)
    .join(',')}}`
}

/** Byte by byte where it is not plain: Lua knows no Unicode. */
const textLiteral = (text: string): string =>
  `"${[...Buffer.from(text)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\${String(byte).padStart(3, '0')}`
    )
    .join('')}"`

const HARNESS = `
local function quoted(text)
  return '"' .. text:gsub('[%c"\\\\]', function(c) return ("\\\\u%04x"):format(c:byte()) end) .. '"'
end
local function encode(value)
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  -- Nothing tells an empty map from an empty list: Argo CD takes it for a list, too.
  if #value > 0 or next(value) == nil then
    for _, inner in ipairs(value) do parts[#parts + 1] = encode(inner) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, inner in pairs(value) do parts[#parts + 1] = quoted(key) .. ":" .. encode(inner) end
  return "{" .. table.concat(parts, ",") .. "}"
end
local safe = { time = os.time, date = os.date }
local allowed = { obj = OBJECT, table = table, require = function(name)
  if name ~= "os" then error("there is no library " .. name) end
  return safe
end }
for _, name in ipairs({ "assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type", "unpack" }) do
  allowed[name] = _G[name]
end
local chunk = assert(loadstring(SCRIPT, "=script"))
setfenv(chunk, allowed)
local returned = chunk()
-- Methods of texts would need the library.
print(encode(returned))
`

/** The table that the script returns for this object. */
export async function runLua(script: string, object: unknown): Promise<unknown> {
  const program = HARNESS.replace('OBJECT', () => literal(object)).replace('SCRIPT', () =>
    textLiteral(script)
  )
  const running = promisify(execFile)(PROGRAM, ['-'])
  running.child.stdin?.end(program)
  return JSON.parse((await running).stdout) as unknown
}
