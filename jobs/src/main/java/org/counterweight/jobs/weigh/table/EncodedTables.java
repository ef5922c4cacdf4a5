package org.counterweight.jobs.weigh.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.NumbersWritten;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.write.ColumnType;
import org.counterweight.shift.Role;
import org.jspecify.annotations.Nullable;

/**
 * Two tables with one encoding, or one.
 *
 * @param source the rows at hand
 * @param target rows of where the model will be used, or null
 * @param types of the source's columns, as they are to be written again
 */
public record EncodedTables(EncodedTable source, @Nullable EncodedTable target, Map<String, ColumnType> types) {
    /**
     * Looks through both tables once, and finds how their columns become numbers.
     *
     * @param onTarget the columns with a role that the target has too
     * @param binaryLabel whether the label has two values, one of which counts as 1; else it is a class of any number
     * @param format what was said of the files
     * @param say takes what is worth knowing
     */
    public static EncodedTables of(
            InputTable source,
            @Nullable InputTable target,
            TableColumns columns,
            List<Role> onTarget,
            boolean binaryLabel,
            TableFormat format,
            Consumer<String> say) {
        Map<Role, String> roles = columns.roles();
        Stream.concat(roles.values().stream(), columns.outcomes().stream()).forEach(source::check);
        columns.features().forEach(source::check);
        columns.ignore().forEach(source::check);
        List<String> features = features(source.columns(), columns);
        if (target != null) {
            features.forEach(target::check);
            onTarget.stream().map(roles::get).filter(name -> name != null).forEach(target::check);
        }
        Map<String, ColumnSurvey> surveyed = new LinkedHashMap<>();
        source.columns().forEach(name -> surveyed.put(name, new ColumnSurvey()));
        long rows = survey(source, surveyed, say);
        Map<String, ColumnType> types = new LinkedHashMap<>();
        surveyed.forEach((name, survey) -> types.put(name, survey.type()));
        long targetRows = target == null ? 0 : survey(target, surveyed, say);
        decide(source, target, surveyed, features, format);
        surveyedFor(source, roles, surveyed);
        var encodable = new LinkedHashMap<String, ColumnSurvey>();
        for (String name : features) {
            ColumnSurvey survey = surveyed.get(name);
            if (survey != null) {
                encodable.put(name, survey);
            }
        }
        boolean named = !columns.features().isEmpty();
        FeatureEncoding encoding = FeatureEncoding.of(source.columns(), encodable, named, say);
        List<RoleColumn> found = roles(source.columns(), roles, columns, surveyed, binaryLabel, say);
        EncodedTable encodedTarget = target == null
                ? null
                : new EncodedTable(
                        target,
                        targetRows,
                        FeatureEncoding.of(target.columns(), encodable, named, none -> {}),
                        found.stream()
                                .filter(role -> onTarget.contains(role.role()))
                                .map(role -> new RoleColumn(
                                        role.role(),
                                        role.name(),
                                        target.columns().indexOf(role.name()),
                                        role.numbers()))
                                .toList(),
                        List.of());
        return new EncodedTables(
                new EncodedTable(source, rows, encoding, found, outcomes(columns, surveyed)), encodedTarget, types);
    }

    /** How numbers are written; those that are not plain are measured once that is known, in another pass. */
    private static void decide(
            InputTable source,
            @Nullable InputTable target,
            Map<String, ColumnSurvey> surveyed,
            List<String> features,
            TableFormat format) {
        Character sign = NumbersWritten.sign(
                source.parts().get(0).table().decimals(),
                format,
                surveyed.values().stream().map(ColumnSurvey::texts).toList());
        surveyed.values().forEach(survey -> survey.decide(sign, format.dayFirst()));
        List<String> written = surveyed.entrySet().stream()
                .filter(column ->
                        features.contains(column.getKey()) && column.getValue().written() != null)
                .map(Map.Entry::getKey)
                .toList();
        if (!written.isEmpty()) {
            measure(source, written, surveyed);
            if (target != null) {
                measure(target, written, surveyed);
            }
        }
    }

    private static void measure(InputTable table, List<String> names, Map<String, ColumnSurvey> surveyed) {
        int[] places = names.stream().mapToInt(table.columns()::indexOf).toArray();
        table.read((part, place, cells) -> {
            for (int i = 0; i < places.length; i++) {
                Objects.requireNonNull(surveyed.get(names.get(i))).measure(cells.get(places[i]));
            }
        });
    }

    private static List<Outcome> outcomes(TableColumns columns, Map<String, ColumnSurvey> surveyed) {
        return columns.outcomes().stream()
                .map(name -> {
                    ColumnSurvey survey = surveyed.get(name);
                    return new Outcome(name, survey == null ? null : survey.written());
                })
                .toList();
    }

    private static void surveyedFor(InputTable source, Map<Role, String> roles, Map<String, ColumnSurvey> surveyed) {
        roles.forEach((role, name) -> {
            ColumnSurvey survey = surveyed.get(name);
            if (survey != null && survey.filled() == 0) {
                throw new DataException(source.name() + ": the column " + name + " (" + role.key() + ") is empty");
            }
        });
    }

    private static List<String> features(List<String> all, TableColumns columns) {
        if (!columns.features().isEmpty()) {
            return columns.features();
        }
        var features = new ArrayList<>(all);
        features.removeAll(columns.roles().values());
        features.removeAll(columns.outcomes());
        features.removeAll(columns.ignore());
        return features;
    }

    private static long survey(InputTable table, Map<String, ColumnSurvey> surveyed, Consumer<String> say) {
        var rows = new long[1];
        List<String> names = table.columns();
        ColumnSurvey[] each = new ColumnSurvey[names.size()];
        for (int i = 0; i < each.length; i++) {
            each[i] = surveyed.getOrDefault(names.get(i), new ColumnSurvey());
        }
        table.remarks(say);
        List<String> skipped = table.read((part, place, cells) -> {
            rows[0]++;
            for (int i = 0; i < each.length; i++) {
                Cell cell = cells.get(i);
                each[i].add(cell, part.table().decimals());
            }
        });
        skipped.forEach(say);
        return rows[0];
    }

    private static List<RoleColumn> roles(
            List<String> all,
            Map<Role, String> roles,
            TableColumns columns,
            Map<String, ColumnSurvey> surveyed,
            boolean binaryLabel,
            Consumer<String> say) {
        var found = new ArrayList<RoleColumn>();
        roles.forEach((role, name) -> {
            ColumnSurvey survey = surveyed.getOrDefault(name, new ColumnSurvey());
            found.add(
                    switch (role) {
                        case LABEL ->
                            binaryLabel
                                    ? RoleColumn.binary(role, name, all, survey, columns.positive(), "positive", say)
                                    : RoleColumn.classes(name, all, survey, say);
                        case GROUP -> RoleColumn.binary(role, name, all, survey, columns.groupOne(), "group_one", say);
                        case ARM -> RoleColumn.binary(role, name, all, survey, columns.treatment(), "treatment", say);
                        case WEIGHT, UNIT, SETTING -> RoleColumn.plain(role, name, all);
                    });
        });
        return List.copyOf(found);
    }
}
