// Why a frame is not what it was read as.

export const NOT_JSON = 'not JSON'
export const NO_OBJECT = 'an object was expected'
export const NO_LIST = 'a list was expected'
export const NO_PAIR = 'a list of two values was expected'
export const NAME_TWICE = 'a name stands twice in one object'
