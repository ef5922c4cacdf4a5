package org.counterweight.jobs.recipe.data;

import java.nio.file.Path;
import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * Images and their classes: a set of the catalogue, a directory with one of pictures for each class, or an idx file as MNIST's,
 * gzipped or not, beside which its labels lie. Paths are relative to the directory that {@code cw} is started in.
 */
public record ImageData(
        @Setting(
                value = "What the rows are",
                defaultsTo = "\"images\"",
                oneOf = {"images"})
        DataKind kind,

        @Setting(value = "A set of images that cw data list knows; else give train", defaultsTo = "null") @Nullable
        String name,

        @Setting(
                value = "Images to learn from: a directory with one of pictures for each class, an idx file, or a"
                        + " table with a column of picture files, relative to it",
                defaultsTo = "null")
        @Nullable
        String train,

        @Setting(
                value = "Images to choose by; without them dev_share of those to learn from is held out",
                defaultsTo = "null")
        @Nullable
        String dev,

        @Setting(
                value = "Images to judge by; without them test_share of those to learn from is held out",
                defaultsTo = "null")
        @Nullable
        String test,

        @Setting(value = "Column of a table with the pictures' files", defaultsTo = "\"image\"")
        String image,

        @Setting(
                value = "Column of a table with the target of each: a class, a number, a list of classes",
                defaultsTo = "\"label\"")
        String label,

        @Setting(value = "How tables are written; what is not given is detected", defaultsTo = "{}")
        TableFormat format,

        @Setting(
                value = "A set that cw distill wrote, in place of the images to learn from; those to choose by and to"
                        + " judge by stay",
                defaultsTo = "null")
        @Nullable
        String distilled,

        @Setting(
                value = "Height and width to which pictures are scaled; null for the model's, or 32. Images of idx"
                        + " files have their own",
                defaultsTo = "null",
                range = "1 to 1024; 32 to 224 is usual")
        @Nullable
        Integer size,

        @Setting(value = "Whether pictures are read in grey, on one channel", defaultsTo = "false")
        boolean grey,

        @Setting(value = "Share of the images held out to choose by", defaultsTo = "0.1", range = "(0, 0.5]")
        double devShare,

        @Setting(value = "Share of the images held out to judge by", defaultsTo = "0.2", range = "(0, 0.5]")
        double testShare,

        @Setting(
                value = "Most images to learn from, chosen at random with the classes in their proportions; null for"
                        + " all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer rows,

        @Setting(
                value = "Most images to choose by and most to judge by, chosen likewise; null for all",
                defaultsTo = "null",
                range = "at least 1")
        @Nullable
        Integer evalRows,

        @Setting(value = "Random changes to images in training", defaultsTo = "[]")
        List<Augmentation> augment)
        implements DataConfig {

    public ImageData {
        Checks.ranges(ImageData.class, "data", size, devShare, testShare, rows, evalRows);
        train = HomeDirectory.expandedOrNull(train);
        dev = HomeDirectory.expandedOrNull(dev);
        test = HomeDirectory.expandedOrNull(test);
        distilled = HomeDirectory.expandedOrNull(distilled);
        augment = List.copyOf(augment);
        DataConfig.checkPlaces(name, train, dev, test);
        if (image.equals(label)) {
            throw new ConfigException("data.label", label, "another column than data.image");
        }
    }

    /** Whether images are files that a table names. */
    public boolean ofTable() {
        return train != null && Table.isNamed(Path.of(train));
    }

    /** Files of pictures say nothing more of them. */
    @Override
    public ColumnsSection columns() {
        return ColumnsSection.NONE;
    }
}
