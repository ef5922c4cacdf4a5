package org.counterweight.merge.mergekit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One file with several recipes, as {@code mergekit-multi} has them: each but the last to be made has a name, by which others
 * mean its result.
 *
 * @param file whose documents they are
 * @param texts of each
 */
public record RecipeDocuments(Path file, List<String> texts) {
    private static final Pattern BREAK = Pattern.compile("(?m)^(?:---(?=\\s|$)|\\.\\.\\.\\s*$)");

    /** Cuts a file into its documents. */
    public static RecipeDocuments of(Path file) throws IOException {
        String text = Configs.text(file);
        List<String> texts = cut(text);
        return new RecipeDocuments(file, texts.size() < 2 ? List.of(text) : texts);
    }

    /** The documents of a text, those of nothing but comments left out. */
    static List<String> cut(String text) {
        return BREAK.splitAsStream(text)
                .filter(part -> part.lines()
                        .anyMatch(line -> !line.isBlank() && !line.strip().startsWith("#")))
                .map(String::stripLeading)
                .toList();
    }

    public int size() {
        return texts.size();
    }

    /**
     * The recipes, each behind those whose results it takes; the last is what the file is for.
     *
     * @param intermediate where results with a name will lie, each in a directory of its name
     * @throws ConfigException if two have one name, or none, or wait for one another
     */
    public List<MergeRecipe> recipes(ModelPlaces places, Path intermediate) {
        if (texts.size() == 1) {
            return List.of(MergeRecipe.parse(texts.get(0), places, file.toString()));
        }
        var trees = new ArrayList<ObjectNode>();
        for (int i = 0; i < texts.size(); i++) {
            trees.add(Configs.yaml(texts.get(i), origin(i)));
        }
        Set<String> names = names(trees, places);
        var documents = new ArrayList<Document>();
        for (int i = 0; i < texts.size(); i++) {
            var needed = new LinkedHashSet<String>();
            var wider = new ModelPlaces(places.root(), (name, field) -> {
                if (names.contains(name)) {
                    needed.add(name);
                    return Optional.of(intermediate.resolve(name));
                }
                return places.names().find(name, field);
            });
            documents.add(new Document(recipe(i, wider, trees.get(i)), needed));
        }
        return new Order(documents).all();
    }

    private MergeRecipe recipe(int i, ModelPlaces places, ObjectNode tree) {
        try {
            return new RecipeGrammar(places).recipe(tree, texts.get(i));
        } catch (ConfigException e) {
            throw new ConfigException(origin(i) + ": " + e.getMessage(), e);
        }
    }

    private String origin(int i) {
        return file + " (document " + (i + 1) + ")";
    }

    private static Set<String> names(List<ObjectNode> trees, ModelPlaces places) {
        var names = new LinkedHashSet<String>();
        int nameless = 0;
        for (ObjectNode tree : trees) {
            String name = tree.path("name").asString("");
            if (name.isEmpty()) {
                nameless++;
            } else if (!names.add(name)) {
                throw new ConfigException("name: two documents are called \"" + name + "\"; rename one");
            } else if (Files.exists(places.resolve(name))) {
                throw new ConfigException("name: \"" + name + "\" is the name of a document and that of a file or"
                        + " directory too; rename one");
            }
        }
        if (nameless > 1) {
            throw new ConfigException(
                    "name: " + nameless + " documents have none; all but the last to be made need one");
        }
        return names;
    }

    /** A recipe, and the names of those whose results it takes. */
    private record Document(MergeRecipe recipe, Set<String> needed) {}

    /** Brings each document behind those that it needs. */
    private static final class Order {
        private final Map<@Nullable String, Document> left = new LinkedHashMap<>();
        private final List<MergeRecipe> done = new ArrayList<>();
        private final Set<@Nullable String> begun = new LinkedHashSet<>();

        Order(List<Document> documents) {
            documents.forEach(document -> left.put(document.recipe().name(), document));
        }

        List<MergeRecipe> all() {
            String last =
                    left.containsKey(null) ? null : List.copyOf(left.keySet()).get(left.size() - 1);
            for (String name : new ArrayList<>(left.keySet())) {
                if (name != null && !name.equals(last)) {
                    add(name);
                }
            }
            add(last);
            return List.copyOf(done);
        }

        private void add(@Nullable String name) {
            Document document = left.get(name);
            if (document == null) {
                return;
            }
            if (!begun.add(name)) {
                throw new ConfigException("name: the documents " + begun + " wait for one another");
            }
            document.needed().forEach(this::add);
            left.remove(name);
            begun.remove(name);
            done.add(document.recipe());
        }
    }
}
