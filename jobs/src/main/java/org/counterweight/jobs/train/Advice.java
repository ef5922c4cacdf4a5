package org.counterweight.jobs.train;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.report.Page;

/** What to try after a run. */
public final class Advice {
    private Advice() {}

    /** Commands that work as they stand, the most obvious first. */
    public static List<Page.Next> next(Recipe recipe) {
        var next = new ArrayList<Page.Next>();
        if (Files.isDirectory(recipe.directory().resolve("merged"))) { // not every adapter can be merged
            next.add(new Page.Next(
                    RunTask.of(recipe).ask(recipe.directory().resolve("merged")), "asks the trained model"));
        }
        next.add(new Page.Next(
                "./cw inspect " + recipe.directory().resolve(recipe.adapter() == null ? "merged" : "adapter"),
                "shows what was written, and what it was made from"));
        if (recipe.adapter() != null) {
            next.add(new Page.Next(
                    "./cw explain " + recipe.adapter().method().name(),
                    "the adapter: its paper, formula and settings"));
        }
        if (recipe.reparametrize() != null) {
            next.add(new Page.Next(
                    "./cw explain " + recipe.reparametrize().method().name(),
                    "how the weights were trained: its paper, formula and settings"));
        }
        next.add(new Page.Next("./cw methods", "everything else that a recipe can contain"));
        return next;
    }
}
