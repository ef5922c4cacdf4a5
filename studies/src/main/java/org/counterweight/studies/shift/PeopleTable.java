package org.counterweight.studies.shift;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.data.InputRows;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.datasets.Cache;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.CellRatio;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.Resampling;

/**
 * A real table of people with a label and a group.
 *
 * @param title what it is called
 * @param file its name
 * @param numbers columns of numbers that are learnt from
 * @param words columns of words that are learnt from
 * @param label the column of the label, and the value that is y = 1
 * @param group the column of the group, the value that is z = 1 and the one that is z = 0; other rows are left out
 */
record PeopleTable(
        String title, String file, List<String> numbers, List<String> words, List<String> label, List<String> group) {
    /** The environment variable that names the directory of the tables. */
    static final String PLACE = "CW_FAIRNESS";

    /** Income above 50,000 a year, by sex. */
    static final PeopleTable ADULT = new PeopleTable(
            "Adult",
            "adult.csv",
            List.of("age", "education-num", "capital-gain", "capital-loss", "hours-per-week"),
            List.of("workclass", "marital-status", "occupation", "race", "sex"),
            List.of("income-per-year", ">50K"),
            List.of("sex", "Male", "Female"));

    /** A new offence within two years, by race. */
    static final PeopleTable COMPAS = new PeopleTable(
            "COMPAS",
            "compas-two-years.csv",
            List.of("age", "juv_fel_count", "juv_misd_count", "juv_other_count", "priors_count"),
            List.of("c_charge_degree", "sex", "race"),
            List.of("two_year_recid", "1"),
            List.of("race", "African-American", "Caucasian"));

    /** Released with a summons, by colour. */
    static final PeopleTable ARRESTS = new PeopleTable(
            "Arrests",
            "arrests.csv",
            List.of("year", "age", "checks"),
            List.of("sex", "employed", "citizen", "colour"),
            List.of("released", "Yes"),
            List.of("colour", "White", "Black"));

    /** Where the tables lie: no package registry has both. */
    static Path place(String given) {
        Path place = given.isBlank() ? Cache.ofUser().root().resolve("data").resolve("fairness") : Path.of(given);
        for (PeopleTable table : List.of(ADULT, COMPAS)) {
            if (!Files.isRegularFile(place.resolve(table.file))) {
                throw new DataException(place + ": has no " + table.file + ". The study runs on UCI's Adult (adult.csv,"
                        + " with a header as in github.com/algofairness/fairness-comparison) and ProPublica's COMPAS"
                        + " (compas-two-years.csv, from github.com/propublica/compas-analysis); put them there or name"
                        + " their directory in " + PLACE);
            }
        }
        return place;
    }

    /**
     * Rows of the table.
     *
     * @param x features, standardised, {@code [n, d]}
     * @param cells of label and group
     */
    record Rows(Tensor x, Cells cells) {
        Rows select(int... rows) {
            Tensor index = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
            return new Rows(x.index_select(0, index), cells.select(rows));
        }
    }

    /** Rows to learn from, and others as they are met in use. */
    record Split(Rows train, Rows deployed) {}

    /**
     * Two halves of some of the rows. Those to learn from are drawn so that label and group are {@code factor} times as
     * correlated as in the table; the others stay as they are.
     *
     * @param most rows, of both halves
     */
    Split split(Path place, double factor, int most, Seed seed) {
        Rows all = read(place.resolve(file), most, seed);
        int[] order = seed.child("halves").permutation(all.cells.size());
        int half = order.length / 2;
        Rows first = all.select(sorted(order, 0, half));
        CellShares aim = CellRatio.of(
                        first.cells.shares(),
                        factor * all.cells.shares().correlation(),
                        new CellRatio.Tolerance(0.05, 0.05))
                .after();
        int[] kept = Resampling.of(first.cells.counts(), aim).draw(first.cells, seed.child("train"));
        return new Split(first.select(kept), all.select(sorted(order, half, order.length)));
    }

    private static int[] sorted(int[] order, int from, int to) {
        return Arrays.stream(order, from, to).sorted().toArray();
    }

    private Rows read(Path path, int most, Seed seed) {
        List<Wanted> features = Stream.concat(
                        numbers.stream().map(name -> Wanted.number(name).orNothing()),
                        words.stream().map(name -> Wanted.text(name).orNothing()))
                .toList();
        var wanted = new ArrayList<>(features);
        Stream.of(label.get(0), group.get(0))
                .filter(name -> !words.contains(name))
                .forEach(name -> wanted.add(Wanted.text(name)));
        TableRows rows = Table.open(path, TableFormat.FIND_OUT, List.of()).read(wanted, new ArrayList<>());
        List<String> groups = rows.texts(group.get(0));
        int[] either = IntStream.range(0, rows.size())
                .filter(row -> group.indexOf(groups.get(row)) > 0)
                .toArray();
        int[] chosen = Arrays.stream(seed.child("rows").permutation(either.length))
                .limit(most)
                .map(i -> either[i])
                .sorted()
                .toArray();
        InputRows seen = TableForm.learn(features, rows, chosen).inputs(rows);
        Tensor x = Tensors.floats(seen.values(), seen.size(), seen.width()).to(ScalarType.Double);
        double[] y = rows.texts(label.get(0)).stream()
                .mapToDouble(value -> value.equals(label.get(1)) ? 1 : -1)
                .toArray();
        double[] z = groups.stream()
                .mapToDouble(value -> value.equals(group.get(1)) ? 1 : 0)
                .toArray();
        return new Rows(x, Cells.of(Tensors.doubles(y), Tensors.doubles(z))).select(chosen);
    }
}
