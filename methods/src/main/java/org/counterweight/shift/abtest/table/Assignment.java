package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Sums;

/**
 * Who was in which arm.
 *
 * @param treated records, or units where they are named
 * @param controlled likewise
 * @param crossed units with records in both arms
 * @param settings under how many settings the records came about
 * @param byUnit whether units were named
 */
record Assignment(long treated, long controlled, long crossed, long settings, boolean byUnit) implements Serializable {
    private static final int KNOWN_SETTINGS = 1000; // more need not be told apart

    /** z² of the split against p, which has one degree of freedom. */
    double mismatch(double p) {
        double n = treated + controlled;
        double away = treated - n * p;
        return away * away / (n * p * (1 - p));
    }

    /**
     * Records so far.
     *
     * @param units each record's, 8 bytes: the name's number without its last bit, which is the arm; empty where none is named
     */
    record Log(long treated, long controlled, TreeSet<Double> settings, List<long[]> units) implements Serializable {}

    /** One pass over a log. */
    record Logs() implements Sums<Log, Assignment> {
        @Override
        public Log zero() {
            return new Log(0, 0, new TreeSet<>(), List.of());
        }

        @Override
        public Log add(Log sum, Chunk rows) {
            double[] arms = rows.values(Role.ARM);
            long treated = Arrays.stream(arms).filter(arm -> arm > 0).count();
            var settings = new TreeSet<Double>();
            if (rows.has(Role.SETTING)) {
                Arrays.stream(rows.values(Role.SETTING)).forEach(settings::add);
            }
            List<long[]> units = List.of();
            if (rows.has(Role.UNIT)) {
                double[] names = rows.values(Role.UNIT);
                long[] marked = new long[names.length];
                Arrays.setAll(marked, i -> Double.doubleToRawLongBits(names[i]) << 1 | (arms[i] > 0 ? 1 : 0));
                units = List.of(marked);
            }
            return join(sum, new Log(treated, arms.length - treated, settings, units));
        }

        @Override
        public Log join(Log one, Log other) {
            var settings = new TreeSet<>(one.settings);
            settings.addAll(other.settings);
            while (settings.size() > KNOWN_SETTINGS) {
                settings.pollLast();
            }
            var units = new ArrayList<>(one.units);
            units.addAll(other.units);
            return new Log(one.treated + other.treated, one.controlled + other.controlled, settings, units);
        }

        @Override
        public Assignment result(Log log) {
            if (log.units.isEmpty()) {
                return new Assignment(log.treated, log.controlled, 0, log.settings.size(), false);
            }
            long[] units = new long[Math.toIntExact(log.treated + log.controlled)];
            int filled = 0;
            for (long[] some : log.units) {
                System.arraycopy(some, 0, units, filled, some.length);
                filled += some.length;
            }
            Arrays.sort(units);
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
            return new Assignment(inArm[1], inArm[0], crossed, log.settings.size(), true);
        }
    }
}
