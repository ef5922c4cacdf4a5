package org.counterweight.jobs.federate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.federate.call.Clients;
import org.counterweight.federate.call.Participant;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.program.FederateRecipe;

/**
 * The rows of all clients, as the server knows them: the target's themselves, of the sources' how many there are. Each reads its
 * own; what they share is the names of the classes, and how the target's rows are seen: the shape of its images, the form of its
 * tables.
 *
 * @param target as it was read
 * @param whole all rows of the target to learn from, where its section takes fewer
 * @param held what is told of the sources' rows, by name
 * @param sites where these are
 * @param labels all classes: the target's first, then those that only sources know
 */
record ClientRows(
        FederateRecipe recipe,
        Prepared target,
        Dataset whole,
        Map<String, ClientSummary> held,
        Sites.Read sites,
        List<String> labels) {
    /** Reads them all, each where it is. */
    static ClientRows read(ClientReader reader, Sites sites) {
        FederateRecipe recipe = reader.recipe();
        Prepared target = reader.target();
        boolean needsAll = recipe.hasOracle() && recipe.shared().data().rows() != null;
        Dataset whole = (needsAll ? reader.whole() : target).split().train();
        Sites.Read found = sites.read(reader.like(target));
        Map<String, ClientSummary> held = found.held();
        var labels = new LinkedHashSet<>(target.labels());
        held.values().forEach(one -> labels.addAll(one.labels()));
        return new ClientRows(recipe, target, whole, held, found, List.copyOf(labels));
    }

    /** The target's rows in the federation's numbering of the classes. */
    LabelledDataset named(Dataset rows) {
        return NamedRows.of((LabelledDataset) rows, labels);
    }

    Participant ofTarget() {
        return ClientReader.participant(recipe.target().section(), target, labels);
    }

    List<String> sources() {
        return List.copyOf(held.keySet());
    }

    Clients clients() {
        return sites.clients(target.shape(), labels);
    }

    /** What was found out of them, a line each, those of the target first. */
    List<String> facts(List<Path> readWith) {
        var lines = new ArrayList<String>();
        target.facts(readWith)
                .forEach(line -> lines.add(recipe.target().section().name() + ", " + line));
        held.forEach((name, rows) -> rows.facts().forEach(line -> lines.add(name + ", " + line)));
        lines.add("all classes: " + String.join(", ", labels));
        return lines;
    }

    /** The digest of every file that was read, by its path. */
    Map<String, String> digests() {
        var digests = new LinkedHashMap<>(ClientSummary.of(target).digests());
        held.values().forEach(one -> digests.putAll(one.digests()));
        return digests;
    }
}
