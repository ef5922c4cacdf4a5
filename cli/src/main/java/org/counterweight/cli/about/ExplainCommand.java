package org.counterweight.cli.about;

import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.Allowed;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.report.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a user needs to choose and set a method: paper, formula, settings, a recipe to paste. */
@Command(
        name = "explain",
        description = "Explains a method: its paper, its formula, its settings, and a section to paste.",
        footerHeading = "%nExample:%n",
        footer = "  cw explain bone")
public final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "METHOD", description = "a name that cw methods lists")
    private String name;

    @Override
    public Integer call() {
        Method method = Catalogue.find(name.replace('-', '_')).orElseGet(() -> Catalogue.named(name, "METHOD"));
        PrintWriter out = spec.commandLine().getOut();
        out.println(bold(method.name()) + "  " + method.verb().name().toLowerCase(Locale.ROOT) + ", package "
                + method.family());
        out.println(Text.hanging("", method.line() + "."));
        out.println();
        out.println(Text.hanging("Paper    ", method.paper()));
        out.println(Text.hanging("Formula  ", method.formula()));
        out.println();
        out.println(bold("Settings"));
        for (RecordComponent component : method.config().getRecordComponents()) {
            setting(out, component);
        }
        out.println();
        out.println(bold("To paste"));
        Paste.text(method).lines().forEach(line -> out.println("  " + line));
        return 0;
    }

    private static void setting(PrintWriter out, RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        String key = Configs.key(component.getName());
        if (setting == null) {
            out.println("  " + key);
            return;
        }
        boolean required = setting.defaultsTo().equals(Setting.REQUIRED);
        out.println("  " + key + (required ? "  (must be given)" : ": " + setting.defaultsTo()));
        out.println(Text.hanging("      ", setting.value() + "."));
        String allowed = setting.oneOf().length > 0
                ? "one of " + String.join(", ", setting.oneOf())
                : Allowed.of(component).told();
        if (!allowed.isEmpty()) {
            out.println(Text.hanging("      Allowed: ", allowed + "."));
        }
    }

    private String bold(String text) {
        return spec.commandLine().getColorScheme().text("@|bold " + text + "|@").toString();
    }
}
