package org.counterweight.jobs.recipe.program;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.jobs.recipe.Overrides;
import org.counterweight.jobs.recipe.Recipe;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A recipe of a federation: a model and a task, clients with data of their own, and a section {@code federate}.
 *
 * @param clients in the order in which they are summed
 */
public record FederateRecipe(List<Client> clients, FederateConfig federate) {
    private static final String KEY = "federate";
    private static final String CLIENTS = "clients";
    private static final String DATA = "data";
    private static final String SEED = "seed";

    /**
     * A client with all that a run on its rows alone would need.
     *
     * @param recipe of which {@code data} is the client's, and all else that of the federation
     */
    public record Client(ClientSection section, Recipe recipe) {
        /** The same with all rows to learn from, where its section takes fewer. */
        public Recipe whole() {
            ObjectNode tree = recipe.tree();
            ((ObjectNode) tree.get(DATA)).putNull("rows");
            return Recipe.of(tree, recipe.name()).into(recipe.directory());
        }
    }

    public FederateRecipe {
        clients = List.copyOf(clients);
        long targets =
                clients.stream().filter(client -> client.section().target()).count();
        if (targets != 1) {
            throw new ConfigException("clients: " + targets + " of them have target: true, and one must have it, the"
                    + " client whose model is wanted");
        }
        var names = new HashSet<String>();
        for (Client client : clients) {
            String name = client.section().name();
            if (!names.add(name)) {
                throw new ConfigException("clients: two are named \"" + name + "\"; give each a name of its own");
            }
        }
        Recipe any = clients.get(0).recipe();
        if (!any.task().hasClasses()) {
            throw new ConfigException(
                    "task",
                    any.task().key(),
                    "one that tells one class of each row: text_classification,"
                            + " image_classification or table_classification");
        }
        if (any.adapter() != null
                || any.reparametrize() != null
                || any.weigh() != null
                || !any.sections().byKey().isEmpty()) {
            throw new ConfigException(
                    "federate trains all weights of each client with plain cross-entropy; leave adapter,"
                            + " weigh and the other sections out");
        }
        if (clients.stream()
                .anyMatch(client -> !client.recipe().data().augment().isEmpty())) {
            throw new ConfigException("clients: data.augment is of cw run; leave it out");
        }
    }

    /**
     * Reads and checks a recipe, as {@link Recipe#read}.
     *
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static FederateRecipe read(Path file, List<String> settings) throws IOException {
        ObjectNode tree = Configs.read(file);
        Overrides.apply(tree, settings);
        return of(tree, String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", ""));
    }

    /**
     * A recipe of its {@link #tree}.
     *
     * @param name what it is called where it has no title
     */
    public static FederateRecipe of(ObjectNode whole, String name) throws IOException {
        ObjectNode tree = whole.deepCopy();
        FederateConfig federate = Configs.bind(section(tree, KEY), FederateConfig.class, KEY);
        if (tree.hasNonNull(DATA)) {
            throw new ConfigException("data: each client has rows of its own; write it below clients");
        }
        for (String key : tree.path("train").propertyNames()) {
            if (!key.equals(SEED)) {
                throw new ConfigException("train." + key
                        + ": clients train as federate says (source_lr, target_lr and so on); of train there is the"
                        + " seed alone");
            }
        }
        if (!(tree.remove(CLIENTS) instanceof ArrayNode list) || list.isEmpty()) {
            throw new ConfigException(
                    "clients is missing; it lists the clients, each with a name and data, and one with"
                            + " target: true");
        }
        var clients = new ArrayList<Client>();
        for (JsonNode node : list) {
            clients.add(client(node, tree, name));
        }
        return new FederateRecipe(clients, federate);
    }

    private static ObjectNode section(ObjectNode tree, String key) {
        JsonNode found = tree.remove(key);
        if (found == null || found.isNull()) {
            return Configs.JSON.createObjectNode();
        }
        if (!(found instanceof ObjectNode section)) {
            throw new ConfigException(key + ": expected keys and values, found " + found);
        }
        return section;
    }

    private static Client client(JsonNode node, ObjectNode whole, String name) {
        if (!(node instanceof ObjectNode given)) {
            throw new ConfigException("clients: expected keys and values for each, found " + node);
        }
        ObjectNode own = given.deepCopy();
        JsonNode data = own.remove(DATA);
        ClientSection section = Configs.bind(own, ClientSection.class, CLIENTS);
        ObjectNode tree = whole.deepCopy();
        if (data != null) {
            tree.set(DATA, section.target() ? data : undivided(data));
        }
        try {
            return new Client(section, Recipe.of(tree, name));
        } catch (ConfigException e) {
            throw new ConfigException("client " + section.name() + ": " + e.getMessage(), e);
        }
    }

    /** A source's rows, of which none are held out: nothing is judged there. */
    private static JsonNode undivided(JsonNode data) {
        JsonNode train = data.path("train");
        if (data instanceof ObjectNode given && train.isString()) {
            ObjectNode all = given.deepCopy();
            for (String part : List.of("dev", "test")) {
                if (!all.hasNonNull(part)) {
                    all.set(part, train);
                }
            }
            return all;
        }
        return data;
    }

    /** The client whose model is wanted. */
    public Client target() {
        return clients.stream()
                .filter(client -> client.section().target())
                .findFirst()
                .orElseThrow();
    }

    /** The others. */
    public List<Client> sources() {
        return clients.stream().filter(client -> !client.section().target()).toList();
    }

    /** Whether one of the ways learns from all rows of the target. */
    public boolean hasOracle() {
        return federate.method() == FederatedAlgorithm.ORACLE
                || federate.baselines().contains(FederatedAlgorithm.ORACLE);
    }

    /** What all clients share: task, model, where files go. */
    public Recipe shared() {
        return target().recipe();
    }

    /** The same with another directory. */
    public FederateRecipe into(Path directory) {
        return new FederateRecipe(
                clients.stream()
                        .map(client ->
                                new Client(client.section(), client.recipe().into(directory)))
                        .toList(),
                federate);
    }

    /** The recipe as a tree, with every default written out. */
    public ObjectNode tree() {
        ObjectNode tree = shared().tree();
        tree.remove(DATA);
        tree.set(
                "train",
                Configs.JSON.createObjectNode().put(SEED, shared().train().seed()));
        ArrayNode list = tree.putArray(CLIENTS);
        for (Client client : clients) {
            ObjectNode own = Configs.tree(client.section());
            own.set(DATA, client.recipe().data().tree());
            list.add(own);
        }
        tree.set(KEY, Configs.tree(federate));
        return tree;
    }
}
