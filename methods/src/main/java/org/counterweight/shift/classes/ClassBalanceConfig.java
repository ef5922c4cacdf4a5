package org.counterweight.shift.classes;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.jspecify.annotations.Nullable;

/** Settings of {@link ClassBalance}. */
@Example(where = "a command", value = "./cw weigh class_balance people.csv --label y --output OUT")
public record ClassBalanceConfig(
        @Setting(
                value = "Weights are n_c^-power: 0 for none, 0.5 for the square root, 1 so that all classes weigh the"
                        + " same",
                defaultsTo = "1.0",
                range = "[0, 1]; 1 is usual")
        double power,

        @Setting(
                value = "Instead of power: weights are (1 - beta) / (1 - beta^n_c), the effective number; null for"
                        + " power",
                defaultsTo = "null",
                range = "[0, 1); 0.999 is usual")
        @Nullable
        Double beta)
        implements TableWeigherConfig {
    public ClassBalanceConfig {
        Checks.ranges(ClassBalanceConfig.class, "class_balance", power, beta);
    }

    @Override
    public TableWeigher<?> create() {
        return new ClassBalance(this);
    }

    @Override
    public List<Role> needed() {
        return List.of(Role.LABEL);
    }

    @Override
    public List<Role> allowed() {
        return List.of(Role.WEIGHT);
    }

    @Override
    public TargetTable target() {
        return TargetTable.NONE;
    }

    @Override
    public boolean needsFeatures() {
        return false;
    }
}
