package org.counterweight.shift.abtest.table;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Source;

/**
 * Who was in which arm.
 *
 * @param treated records, or units where they are named
 * @param controlled likewise
 * @param crossed units with records in both arms
 * @param settings under how many settings the records came about
 * @param byUnit whether units were named
 */
record Assignment(long treated, long controlled, long crossed, long settings, boolean byUnit) {
    static Assignment of(Source source) {
        var log = new Log();
        source.read(log::add);
        return log.assignment();
    }

    /** z² of the split against p, which has one degree of freedom. */
    double mismatch(double p) {
        double n = treated + controlled;
        double away = treated - n * p;
        return away * away / (n * p * (1 - p));
    }

    /** Units and their arms, 8 bytes a record. */
    private static final class Log {
        private long[] units = new long[1024]; // the name's number without its last bit, which is the arm
        private int filled;
        private long treated;
        private long controlled;
        private boolean byUnit;
        private double lastSetting = Double.NaN;
        private final Set<Double> settings = new HashSet<>();

        void add(Chunk rows) {
            double[] arms = rows.values(Role.ARM);
            for (double arm : arms) {
                treated += arm > 0 ? 1 : 0;
                controlled += arm > 0 ? 0 : 1;
            }
            if (rows.has(Role.SETTING)) {
                for (double setting : rows.values(Role.SETTING)) {
                    if (setting != lastSetting) { // most are the last one's
                        lastSetting = setting;
                        settings.add(setting);
                    }
                }
            }
            if (rows.has(Role.UNIT)) {
                byUnit = true;
                add(rows.values(Role.UNIT), arms);
            }
        }

        private void add(double[] names, double[] arms) {
            if (filled + names.length > units.length) {
                units = Arrays.copyOf(units, Math.max(2 * units.length, filled + names.length));
            }
            for (int i = 0; i < names.length; i++) {
                units[filled++] = Double.doubleToRawLongBits(names[i]) << 1 | (arms[i] > 0 ? 1 : 0);
            }
        }

        Assignment assignment() {
            if (!byUnit) {
                return new Assignment(treated, controlled, 0, settings.size(), false);
            }
            Arrays.sort(units, 0, filled);
            long[] inArm = new long[2];
            long crossed = 0;
            for (int i = 0; i < filled; ) {
                long unit = units[i] >> 1;
                boolean[] seen = new boolean[2];
                for (; i < filled && units[i] >> 1 == unit; i++) {
                    seen[(int) (units[i] & 1)] = true;
                }
                inArm[0] += seen[0] ? 1 : 0;
                inArm[1] += seen[1] ? 1 : 0;
                crossed += seen[0] && seen[1] ? 1 : 0;
            }
            return new Assignment(inArm[1], inArm[0], crossed, settings.size(), true);
        }
    }
}
