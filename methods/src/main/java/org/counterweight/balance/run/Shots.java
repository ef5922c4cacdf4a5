package org.counterweight.balance.run;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.train.measure.ShotAccuracy;

/** Which classes have many rows and which few, for what the report tells: the bounds of {@link ShotAccuracy}. */
public record Shots(
        @Setting(
                value = "A class with more rows to learn from than this has many",
                defaultsTo = "100",
                range = "at least few")
        int many,

        @Setting(
                value = "A class with fewer rows to learn from than this has few",
                defaultsTo = "20",
                range = "at least 1; 20 is usual")
        int few) {
    public Shots {
        Checks.ranges(Shots.class, "balance.shots", few);
        if (many < few) {
            throw new ConfigException("balance.shots.many", many, "an integer of at least few, which is " + few);
        }
    }

    ShotAccuracy metric() {
        return new ShotAccuracy(many, few);
    }
}
