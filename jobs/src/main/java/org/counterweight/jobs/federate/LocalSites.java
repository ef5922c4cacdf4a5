package org.counterweight.jobs.federate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.counterweight.engine.Engine;
import org.counterweight.federate.call.ClientThreads;
import org.counterweight.federate.call.Clients;
import org.counterweight.federate.call.Participant;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.program.FederateRecipe;

/** All clients in this process. Their rows belong to the scope that is open when they are read. */
public final class LocalSites implements Sites {
    @Override
    public Read read(ClientReader reader) {
        var rows = new LinkedHashMap<String, Prepared>();
        for (FederateRecipe.Client client : reader.recipe().sources()) {
            rows.put(client.section().name(), reader.source(client));
        }
        return new RowsHere(reader.recipe(), rows);
    }

    private record RowsHere(FederateRecipe recipe, Map<String, Prepared> rows) implements Read {
        @Override
        public Map<String, ClientSummary> held() {
            var held = new LinkedHashMap<String, ClientSummary>();
            rows.forEach((name, prepared) -> held.put(name, ClientSummary.of(prepared)));
            return held;
        }

        @Override
        public Clients clients(List<Integer> shape, List<String> labels) {
            var sources = new ArrayList<Participant>();
            for (FederateRecipe.Client client : recipe.sources()) {
                Prepared own = Objects.requireNonNull(rows.get(client.section().name()));
                sources.add(ClientReader.participant(client.section(), own, labels));
            }
            int parallel = Math.min(Engine.threads(), recipe.clients().size());
            return new ClientThreads(sources, Math.max(1, parallel));
        }
    }
}
