package org.counterweight.reweigh.group;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.train.weigh.WeigherConfig;

/** Settings of {@link GroupDro}. */
public record GroupDroConfig(
        @Setting(value = "Number of groups", range = "at least 1", example = "2")
        int groups,

        @Setting(value = "Step size η of the groups' weights", defaultsTo = "0.01", range = "above 0; 0.01 is usual")
        double eta,

        @Setting(
                value = "The batch's tensor that holds each row's group; labels groups rows by their class",
                defaultsTo = "\"group\"",
                example = "\"labels\"")
        String column)
        implements WeigherConfig {
    public GroupDroConfig {
        Checks.ranges(GroupDroConfig.class, "group_dro", groups, eta);
    }

    @Override
    public Weigher create() {
        return new GroupDro(this);
    }

    @Override
    public List<RowColumn> columns() {
        return List.of(new RowColumn(column, "its group", groups, "column"));
    }
}
