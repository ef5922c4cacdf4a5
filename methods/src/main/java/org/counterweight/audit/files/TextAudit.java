package org.counterweight.audit.files;

import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a text file of a model makes a loader do: configs that call for code, templates that reach out, scripts. */
final class TextAudit {
    /** Keys of a config, at any depth, by which loaders fetch and run code. */
    private static final List<String> REMOTE = List.of("auto_map", "custom_pipelines");

    /** Reaches from a template into the program that fills it in. */
    private static final Pattern ESCAPE = Pattern.compile("__\\w+__|\\battr\\s*\\(|\\|\\s*attr\\b");

    /** Makes YAML's readers call what it names, those that are not told to be safe. */
    private static final Pattern TAG = Pattern.compile("!!?(python|java|javax|ruby)[/.:]|!<tag:yaml.org,2002:python/");

    private final String name;
    private final List<Finding> findings;

    private TextAudit(String name, List<Finding> findings) {
        this.name = name;
        this.findings = findings;
    }

    /**
     * Looks at a file that is text.
     *
     * @param ending of its name, in lower case
     * @param findings takes what was found
     */
    static void look(String text, String ending, String name, List<Finding> findings) {
        var audit = new TextAudit(name, findings);
        if (text.startsWith("#!")) {
            audit.add(Verdict.FINDING, "code", "is a script that a shell would run. Take it out, or read it first");
            return;
        }
        switch (ending) {
            case "json" -> audit.json(text);
            case "jinja", "jinja2", "j2" -> audit.template(text);
            case "yaml", "yml" -> audit.yaml(text);
            default -> {} // a text that nobody carries out
        }
    }

    private void add(Verdict verdict, String rule, String text) {
        findings.add(new Finding(verdict, rule, name, text));
    }

    private void json(String text) {
        JsonNode tree;
        try {
            tree = text.stripLeading().startsWith("{") ? Configs.json(text, name) : Configs.JSON.readTree(text);
        } catch (ConfigException | JacksonException e) {
            add(Verdict.NOT_EXAMINED, "damaged", "is no JSON: " + e.getMessage());
            return;
        }
        for (String key : REMOTE) {
            for (JsonNode code : tree.findValues(key)) {
                if (!code.isNull() && !(code.isContainer() && code.isEmpty())) {
                    add(
                            Verdict.FINDING,
                            "remote-code",
                            "has " + key + ", by which loaders fetch and run code: " + code
                                    + ". Take the key out, and load without trust_remote_code");
                }
            }
        }
        if (holdsEscape(tree)) {
            escape();
        }
    }

    /** Templates stand under several keys, in lists of them too: whatever is written as one counts. */
    private static boolean holdsEscape(JsonNode tree) {
        if (tree.isString()) {
            String text = tree.asString();
            return (text.contains("{{") || text.contains("{%"))
                    && ESCAPE.matcher(text).find();
        }
        for (JsonNode child : tree) {
            if (holdsEscape(child)) {
                return true;
            }
        }
        return false;
    }

    private void template(String text) {
        if (ESCAPE.matcher(text).find()) {
            escape();
        }
    }

    private void escape() {
        add(
                Verdict.FINDING,
                "template",
                "has a template that reaches into the program that fills it in. Do not use it");
    }

    private void yaml(String text) {
        if (TAG.matcher(text).find()) {
            add(
                    Verdict.FINDING,
                    "yaml-tag",
                    "has a tag by which a reader of YAML that is not told to be safe calls code. Take it out");
        }
    }
}
