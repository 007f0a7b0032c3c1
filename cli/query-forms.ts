// The forms in which a query is printed. Apart from the code that prints them, so that help does not load it.

export const QUERY_FORMS = ['table', 'json', 'ndjson', 'csv', 'parquet', 'arrow'] as const
export type QueryForm = (typeof QUERY_FORMS)[number]
