package org.counterweight.data.table.write;

/** As what a column is written. */
public enum ColumnType {
    INTEGER("BIGINT"),
    NUMBER("DOUBLE"),
    /** A list of numbers, written as JSON where there are none. */
    NUMBERS("DOUBLE[]"),
    TRUTH("BOOLEAN"),
    TEXT("VARCHAR");

    private final String sql;

    ColumnType(String sql) {
        this.sql = sql;
    }

    /** DuckDB's name of it. */
    String sql() {
        return sql;
    }

    /** What holds values of both. */
    public ColumnType and(ColumnType other) {
        if (this == other) {
            return this;
        }
        boolean numbers = (this == INTEGER || this == NUMBER) && (other == INTEGER || other == NUMBER);
        return numbers ? NUMBER : TEXT;
    }
}
