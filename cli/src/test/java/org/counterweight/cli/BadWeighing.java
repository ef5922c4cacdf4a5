package org.counterweight.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tables that cannot be weighed. */
final class BadWeighing {
    private static final String PEOPLE = "label,group,age\n1,0,30\n0,0,31\n1,1,32\n0,1,33\n";

    private BadWeighing() {}

    private static List<String> weigh(Sandbox s, String method, String source, String... more) {
        var words = new ArrayList<>(List.of("weigh", method, s.path(source) + "", "--output", s.path("out") + ""));
        words.addAll(Arrays.asList(more));
        return words;
    }

    private static List<String> fair(Sandbox s, String table, String... more) {
        s.write("people.csv", table);
        List<String> words = weigh(s, "fair_correlation_shifts", "people.csv", "--label", "label", "--group", "group");
        words.addAll(Arrays.asList(more));
        return words;
    }

    private static List<String> trained(Sandbox s, String... more) {
        s.write("people.csv", PEOPLE);
        List<String> words = weigh(s, "fair_training", "people.csv", "--label", "label", "--group", "group");
        words.addAll(Arrays.asList(more));
        return words;
    }

    private static List<String> shift(Sandbox s, String train, String deployed, String... more) {
        s.write("train.csv", train);
        s.write("deployed.csv", deployed);
        List<String> words = weigh(s, "double_weighting", "train.csv", "--target", s.path("deployed.csv") + "");
        words.addAll(Arrays.asList(more));
        return words;
    }

    private static List<String> test(Sandbox s, String log, String... more) {
        s.write("log.csv", log);
        List<String> words = weigh(s, "ab_weighted_training", "log.csv", "--arm", "arm");
        words.addAll(Arrays.asList(more));
        return words;
    }

    static List<BadInput> tables() {
        return List.of(
                BadInput.of(
                        "an empty table",
                        s -> fair(s, "label,group,age\n", "--set", "corr=0.1"),
                        "people.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a column that is not there",
                        s -> fair(s, PEOPLE, "--ignore", "aeg", "--set", "corr=0.1"),
                        "people.csv: has no column \"aeg\"; did you mean \"age\"?"),
                BadInput.of(
                        "a broken row",
                        s -> fair(s, PEOPLE + "1,0\n", "--set", "corr=0.1"),
                        "people.csv: 1 row is broken, at line 6: 2 cells where the header names 3"),
                BadInput.of(
                        "a row without a label",
                        s -> fair(s, PEOPLE + ",0,40\n", "--set", "corr=0.1"),
                        "people.csv: line 6: no label (label); give each row one, or leave such rows out"),
                BadInput.of(
                        "a gap that is no share",
                        s -> trained(s, "--set", "max_gap=2"),
                        "fair_training.max_gap: 2.0 is not allowed; expected a number in [0, 1] (0.05 is usual)"),
                BadInput.of(
                        "one covariance for two conditions",
                        s -> trained(s, "--set", "constraint=equalized_odds"),
                        "fair_training.algorithms: covariance bounds one covariance, and equalized_odds has two"),
                BadInput.of(
                        "too few rows to learn, choose and judge",
                        s -> trained(s),
                        "none is in the cell (y=",
                        "so nothing can be told of it; give more rows, or a larger holdout"),
                BadInput.of(
                        "a label of three values",
                        s -> fair(s, PEOPLE + "2,0,40\n", "--set", "corr=0.1"),
                        "the column label (label) has 3 different values, 0, 1, 2; it needs two"),
                BadInput.of(
                        "a group of three values",
                        s -> fair(s, PEOPLE + "0,2,40\n", "--set", "corr=0.1"),
                        "the column group (group) has 3 different values, 0, 1, 2; it needs two; give some of them one"
                                + " name, or leave their rows out"),
                BadInput.of(
                        "a group of one value",
                        s -> fair(s, "label,group,age\n1,0,30\n0,0,31\n", "--set", "corr=0.1"),
                        "the column group (group) has one value, 0; it needs two"),
                BadInput.of(
                        "three groups to train fairly on",
                        s -> {
                            List<String> words = trained(s);
                            s.write("people.csv", PEOPLE + "0,2,40\n");
                            return words;
                        },
                        "the column group (group) has 3 different values, 0, 1, 2; it needs two"),
                BadInput.of(
                        "a group that never occurs",
                        s -> fair(s, PEOPLE, "--set", "corr=0.1", "--set", "columns.group_one=2"),
                        "group_one: \"2\" does not occur in the column group, which has 0 and 1"),
                BadInput.of(
                        "a value that does not occur",
                        s -> fair(s, PEOPLE, "--set", "corr=0.1", "--set", "columns.positive=yes"),
                        "positive: \"yes\" does not occur in the column label, which has 0 and 1"),
                BadInput.of(
                        "a cell of label and group without rows",
                        s -> fair(s, "label,group,age\n1,0,1\n0,0,2\n1,1,3\n", "--set", "corr=0.1"),
                        "no row is in the cell (y=-1, z=1), so none can be weighted for it"),
                BadInput.of(
                        "a correlation that cannot be reached",
                        s -> fair(
                                s,
                                "label,group\n1,1\n1,0\n0,1\n0,1\n0,1\n0,0\n0,0\n0,0\n0,0\n0,0\n",
                                "--set",
                                "corr=0.9",
                                "--set",
                                "g_y=0",
                                "--set",
                                "g_z=0"),
                        "no shares of labels and groups within g_y = 0.0 and g_z = 0.0 have a correlation of 0.9; the"
                                + " nearest",
                        "that some have is 0.5000; raise g_y or g_z"),
                BadInput.of(
                        "a correlation of more than 1",
                        s -> fair(s, PEOPLE, "--set", "corr=1.5"),
                        "fair_correlation_shifts.corr: 1.5 is not allowed; expected a number in (-1, 1)"),
                BadInput.of(
                        "a tolerance twice",
                        s -> fair(s, PEOPLE, "--set", "corr=0.1", "--set", "g_y=0.05", "--set", "gamma1=0.1"),
                        "g_y and gamma1 (twice as large) say the same thing; give one of them"),
                BadInput.of(
                        "a solver that has nothing to solve",
                        s -> fair(s, PEOPLE, "--set", "mode=reweighing", "--set", "solver=sdp"),
                        "mode reweighing has a formula for its weights, so solver: sdp would change nothing; leave one of"
                                + " them out"),
                BadInput.of(
                        "no correlation and no table that has one",
                        s -> fair(s, PEOPLE),
                        "target is missing: fair_correlation_shifts compares the source with rows of where the model"
                                + " will be used"),
                BadInput.of(
                        "no group",
                        s -> {
                            s.write("people.csv", PEOPLE);
                            return weigh(
                                    s,
                                    "fair_correlation_shifts",
                                    "people.csv",
                                    "--label",
                                    "label",
                                    "--set",
                                    "corr=0.1");
                        },
                        "columns.group is missing: fair_correlation_shifts needs a column of the group"),
                BadInput.of(
                        "weights that would change nothing",
                        s -> shift(s, "x,w\n1,1\n2,1\n", "x,w\n1,1\n", "--weight", "w"),
                        "columns.weight: double_weighting does not look at it with these settings, so it would change"
                                + " nothing"),
                BadInput.of(
                        "a negative weight",
                        s -> fair(s, PEOPLE.replace("32", "-2"), "--weight", "age", "--set", "corr=0.1"),
                        "people.csv: line 4: age is -2; a weight is a finite number of at least 0"),
                BadInput.of(
                        "a weight that is not finite",
                        s -> fair(s, PEOPLE.replace("32", "nan"), "--weight", "age", "--set", "corr=0.1"),
                        "people.csv: line 4: age is nan; a weight is a finite number of at least 0"),
                BadInput.of(
                        "a weight that is missing",
                        s -> fair(s, PEOPLE.replace("32", ""), "--weight", "age", "--set", "corr=0.1"),
                        "people.csv: line 4: no age (weight); give each row one, or leave such rows out"),
                BadInput.of(
                        "a column named for two things",
                        s -> fair(s, PEOPLE, "--ignore", "group", "--set", "corr=0.1"),
                        "columns: \"group\" is named twice; give each column one meaning"),
                BadInput.of(
                        "no table of the deployment",
                        s -> {
                            s.write("train.csv", "x\n1\n2\n");
                            return weigh(s, "double_weighting", "train.csv");
                        },
                        "target is missing: double_weighting compares the source with rows of where the model will be"
                                + " used"),
                BadInput.of(
                        "a feature that the deployment lacks",
                        s -> shift(s, "x,z\n1,1\n2,3\n", "x\n1\n"),
                        "deployed.csv: has no column \"z\""),
                BadInput.of(
                        "an empty table of the deployment",
                        s -> shift(s, "x\n1\n2\n", "x\n"),
                        "deployed.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a row to learn from without a class",
                        s -> shift(s, "x,y\n1,a\n2,b\n3,\n", "x\n1\n2\n", "--label", "y"),
                        "train.csv: line 4: no y (label); give each row one, or leave such rows out"),
                BadInput.of(
                        "constant columns alone",
                        s -> shift(s, "x\n1\n1\n", "x\n1\n1\n"),
                        "train.csv: has no column that can be a feature; name some (columns.features)"),
                BadInput.of(
                        "free text as a feature",
                        s -> {
                            var rows = new StringBuilder("x\n");
                            for (int i = 0; i < 300; i++) {
                                rows.append("text ").append(i).append('\n');
                            }
                            return shift(s, rows.toString(), "x\na\n", "--features", "x");
                        },
                        "x: has more than 200 different texts, which are no categories; leave it out of the features"),
                BadInput.of(
                        "a D below 1",
                        s -> shift(s, "x\n1\n2\n", "x\n1\n3\n", "--set", "d=0.5"),
                        "double_weighting.d: 0.5 is not allowed; expected a number of at least 1"),
                BadInput.of(
                        "a bound that no weights can keep",
                        s -> shift(
                                s,
                                "x\n1\n2\n4\n5\n",
                                "x\n1\n3\n",
                                "--set",
                                "b=0.1",
                                "--set",
                                "epsilon=0",
                                "--set",
                                "d=1"),
                        "the means of the weights differ by at least 0.9, which epsilon = 0.0 does not allow; raise b"
                                + " or epsilon"),
                BadInput.of(
                        "a choice of D without labels",
                        s -> shift(s, "x\n1\n2\n", "x\n1\n3\n", "--set", "choose=select"),
                        "columns.label is missing: double_weighting needs a column of the label"),
                BadInput.of(
                        "an empty log", s -> test(s, "arm,x\n"), "log.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a record without an arm",
                        s -> test(s, "arm,x\na,1\nb,2\n,3\n"),
                        "log.csv: line 4: no arm (arm); give each row one, or leave such rows out"),
                BadInput.of(
                        "an arm that never occurs",
                        s -> test(s, "arm,x\na,1\nb,2\n", "--set", "columns.treatment=c"),
                        "treatment: \"c\" does not occur in the column arm, which has a and b"),
                BadInput.of(
                        "an arm with one record",
                        s -> test(s, "arm,x\na,1\na,2\nb,3\n"),
                        "the treatment has 1 record; weights and an effect need at least two in each arm"),
                BadInput.of(
                        "an outcome that is no number",
                        s -> test(s, "arm,x,y\na,1,1\na,2,1\nb,3,much\nb,3,1\n", "--outcome", "y"),
                        "log.csv: line 4: y is much; an outcome is a finite number"),
                BadInput.of(
                        "a share of the treatment of 1",
                        s -> test(s, "arm,x\na,1\na,2\nb,3\nb,4\n", "--set", "p=1"),
                        "ab_weighted_training.p: 1.0 is not allowed; expected a number in (0, 1) (the planned probability"
                                + " of the treatment)"),
                BadInput.of(
                        "weights beside a column of their name",
                        s -> fair(s, PEOPLE.replace("age", "weight"), "--set", "corr=0.1"),
                        "people.csv: has a column \"weight\" already, which the weights would be written beside; give"
                                + " output.prefix"),
                BadInput.of(
                        "a method that weighs no tables",
                        s -> {
                            s.write("people.csv", PEOPLE);
                            return weigh(s, "bone", "people.csv");
                        },
                        "weigh.method: \"bone\" is not allowed; expected one of double_weighting, "),
                BadInput.of(
                        "a key of the recipe that there is not",
                        s -> {
                            s.write("weigh.yaml", "weigh: {method: double_weighting}\nsorce: a.csv\n");
                            return List.of("weigh", s.path("weigh.yaml") + "", "--output", s.path("out") + "");
                        },
                        "sorce is unknown; did you mean \"source\"?"),
                BadInput.of(
                        "a wrong query",
                        s -> List.of(
                                "weigh",
                                "double_weighting",
                                "SELECT * FROM 'nothing.parquet'",
                                "--target",
                                s.write("deployed.csv", "x\n1\n") + "",
                                "--output",
                                s.path("out") + ""),
                        "the query: cannot be read: "),
                BadInput.of(
                        "files of different columns",
                        s -> {
                            s.write("a-1.csv", "x,y\n1,2\n");
                            s.write("a-2.csv", "x,z\n1,2\n");
                            return weigh(s, "double_weighting", "a-*.csv", "--target", s.path("a-1.csv") + "");
                        },
                        "a-2.csv: has the columns x, z, but ",
                        "a-1.csv has x, y; tables that are read as one have the same columns in the same order"),
                BadInput.of(
                        "no place to write",
                        s -> {
                            s.write("people.csv", PEOPLE);
                            return List.of(
                                    "weigh",
                                    "fair_correlation_shifts",
                                    s.path("people.csv") + "",
                                    "--label",
                                    "label",
                                    "--group",
                                    "group",
                                    "--set",
                                    "corr=0.1");
                        },
                        "--output is missing: name a directory for the tables and the report"));
    }
}
