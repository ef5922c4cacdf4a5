package org.counterweight.data.table.row;

/** A value of a row, as its file has it. */
public sealed interface Cell {
    /** As text: what stands in the file. */
    String written();

    /** Of which kind it is. */
    Column.Type type();

    /** A text; in CSV also a number, which only whoever asks for one reads as such. */
    record Text(String written) implements Cell {
        @Override
        public Column.Type type() {
            return Column.Type.TEXT;
        }
    }

    /** A number of JSON or Parquet. */
    record Number(String written, double value) implements Cell {
        @Override
        public Column.Type type() {
            return Column.Type.NUMBER;
        }
    }

    /** True or false. */
    record Truth(boolean value) implements Cell {
        @Override
        public String written() {
            return Boolean.toString(value);
        }

        @Override
        public Column.Type type() {
            return Column.Type.BOOLEAN;
        }
    }

    /** A list, or keys and values. */
    record Many(String written) implements Cell {
        @Override
        public Column.Type type() {
            return Column.Type.LIST;
        }
    }

    /** Null, a key that the row lacks, or nothing between two delimiters. */
    record Nothing() implements Cell {
        @Override
        public String written() {
            return "";
        }

        @Override
        public Column.Type type() {
            return Column.Type.NULL;
        }
    }
}
