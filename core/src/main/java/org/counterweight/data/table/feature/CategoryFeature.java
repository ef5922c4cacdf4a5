package org.counterweight.data.table.feature;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.engine.Tensors;
import tools.jackson.databind.node.ObjectNode;

/**
 * A column of words: a 1 for the one that stands there and a 0 for each other; zeros alone for one that is not known.
 *
 * @param values those of the rows that were learnt from, by the alphabet; a missing one is an empty text
 */
public record CategoryFeature(String name, List<String> values) implements Feature {
    static final String KIND = "category";

    public CategoryFeature {
        values = List.copyOf(values);
    }

    /** Of the rows at these places. */
    static CategoryFeature learn(String name, List<String> values, int... places) {
        var known = new TreeSet<String>();
        Arrays.stream(places).forEach(row -> known.add(values.get(row)));
        return new CategoryFeature(name, List.copyOf(known));
    }

    @Override
    public int width() {
        return values.size();
    }

    @Override
    public Wanted wanted() {
        return Wanted.text(name).orNothing();
    }

    @Override
    public Tensor encode(TableRows rows) {
        Map<String, Long> codes = new HashMap<>();
        values.forEach(value -> codes.put(value, (long) codes.size()));
        long unknown = values.size();
        long[] found = rows.texts(name).stream()
                .mapToLong(value -> codes.getOrDefault(value, unknown))
                .toArray();
        Tensor all = torch.one_hot(Tensors.longs(found), unknown + 1); // [rows, values + 1]
        return Tensors.slice(all, 1, 0, unknown).to(ScalarType.Double);
    }

    @Override
    public long missing(TableRows rows) {
        return rows.texts(name).stream().filter(String::isBlank).count();
    }

    @Override
    public long unknown(TableRows rows) {
        var known = Set.copyOf(values);
        return rows.texts(name).stream().filter(value -> !known.contains(value)).count();
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode().put("column", name).put("kind", KIND);
        values.forEach(json.putArray("values")::add);
        return json;
    }
}
