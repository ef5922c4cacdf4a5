package org.counterweight.adapt.bone;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Saved;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/** Settings of {@link Bone}, its variants included. Bone has no scaling factor: the learning rate alone sets the pace. */
public record BoneConfig(
        @Setting(
                value = "Size of the block: the number of its rows",
                defaultsTo = "64",
                range = "at least 1; up to the width of the layer's input, 16 to 128 is usual")
        int r,

        @Setting(
                value = "Which form of the block",
                defaultsTo = "\"bone\"",
                oneOf = {"bone", "bat", "bat_row", "mini", "rows"})
        Variant variant,

        @Setting(
                value = "Width of the block that mini repeats along the output",
                defaultsTo = "1",
                range = "at least 1; a divisor of the layer's output width")
        int miniR,

        @Setting(
                value = "Number of shards of rows: the rows of one shard share their update",
                defaultsTo = "1",
                range = "at least 1; up to the width of the layer's output")
        int shards,

        @Setting(
                value = "Probability of dropping an input of the block while training; bat and bat_row ignore it",
                defaultsTo = "0.0",
                range = "[0, 1)")
        double dropout,

        @Setting(
                value = "Begin with random blocks (PEFT's init_weights: false): step 0 is not the base model then",
                defaultsTo = "false")
        boolean randomStart,

        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt; a recipe that has none takes"
                        + " PEFT's for its model's type",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    /** The forms of the block, by the names of the paper's later versions (see {@link Bone} for the earlier ones). */
    public enum Variant {
        /** Columns of equal (i mod r) share; MiSS in its efficient form. */
        BONE,
        /** The weight guides the block, one block a group of rows (Bat-Col). */
        BAT,
        /** The weight guides the block, one block a group of columns (Bat-Row). */
        BAT_ROW,
        /** Bone with a block that is also repeated along the output. */
        MINI,
        /** Shards of rows share: MiSS, equations 2 and 3. */
        ROWS
    }

    /** With blocks of zeros at the start. */
    public BoneConfig(int r, Variant variant, int miniR, int shards, double dropout, List<String> targets) {
        this(r, variant, miniR, shards, dropout, false, targets);
    }

    public BoneConfig {
        Checks.ranges(BoneConfig.class, "bone", r, miniR, shards, dropout);
        if (randomStart && variant != Variant.BONE) {
            throw new ConfigException("bone.random_start", true, "false: only variant bone can begin at random");
        }
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new ConfigException("bone.targets", targets, "at least one module name, such as \"query\"");
        }
    }

    @Override
    public void checkShape(String module, long out, long in) {
        switch (variant) {
            case BONE -> checkRank(module, in);
            case MINI -> {
                if (out % miniR != 0) {
                    throw new ConfigException(
                            "bone.mini_r", miniR, "a divisor of " + out + ", the output width of " + module);
                }
                checkRank(module, in);
            }
            case BAT, BAT_ROW -> {
                if (in % r != 0 || out % r != 0) {
                    throw new ConfigException(
                            "bone.r", r, "a divisor of both " + in + " and " + out + ", the widths of " + module);
                }
            }
            case ROWS -> {
                if (shards > out) {
                    throw new ConfigException(
                            "bone.shards", shards, "at most " + out + ", the output width of " + module);
                }
            }
        }
    }

    /** Rows of each shard: out/N, the first (out mod N) shards one more. */
    long[] shardSizes(long out) {
        long[] sizes = new long[shards];
        for (int i = 0; i < shards; i++) {
            sizes[i] = out / shards + (i < out % shards ? 1 : 0);
        }
        return sizes;
    }

    private void checkRank(String module, long in) {
        if (r > in) {
            throw new ConfigException("bone.r", r, "at most " + in + ", the input width of " + module);
        }
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return Bone.create(this, module, base, random);
    }

    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        Bone fresh = Bone.create(this, module, base);
        var saved = new Saved(module, tensors);
        Tensor block = saved.trained("miss_block", Tensors.shape(fresh.block()));
        saved.done();
        return new Bone(variant, dropout, block, fresh.shardSizes());
    }
}
