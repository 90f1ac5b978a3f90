-- Where the columns of a table come from. The graph is read out of the SQL itself; these queries show rows.
-- name: tables
SELECT table_name, comment, column_count FROM duckdb_tables()
WHERE schema_name = 'main'
ORDER BY table_name
-- name: rows
FROM query_table($table::VARCHAR)
LIMIT 10
