package org.counterweight.jobs.recipe;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.formats.Format;
import org.counterweight.formats.adapterhub.AdapterHubFormat;
import org.counterweight.formats.own.OwnFormat;
import org.counterweight.formats.peft.PeftFormat;
import org.counterweight.formats.sorsa.SorsaFormat;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/** In which form an adapter's directory is written, and which adapters each form can hold. */
public enum AdapterFormat {
    /** PEFT's where it has a type for the adapter, or a LoRA equals it, and can stand at its modules; else one of our own. */
    AUTO(null),
    /** PEFT 0.21. */
    PEFT(new PeftFormat(false)),
    /** What was trained, with the settings as in a recipe: for every adapter, and exact. */
    OWN(new OwnFormat()),
    /** AdapterHub's library, for compacter and bottleneck. */
    ADAPTERHUB(new AdapterHubFormat()),
    /** SORSA's official package. */
    SORSA(new SorsaFormat()),
    /** PEFT until 0.18: Bone under its old name. */
    BONE(new PeftFormat(true));

    /** In the order in which a directory is asked for its form: PEFT's reader says what is amiss in one that is nobody's. */
    private static final List<AdapterFormat> READ = List.of(ADAPTERHUB, OWN, PEFT, SORSA);

    private static final String FIELD = "output.adapter_format";

    private final @Nullable Format format;

    AdapterFormat(@Nullable Format format) {
        this.format = format;
    }

    /** The form in which an adapter lies there, if one does; PEFT's legacy {@link #BONE} is read as {@link #PEFT}. */
    public static Optional<AdapterFormat> at(Path directory) {
        return READ.stream().filter(form -> form.format().isAt(directory)).findFirst();
    }

    /**
     * Who reads and writes this form.
     *
     * @throws IllegalStateException for {@link #AUTO}, which is decided by an adapter's settings
     */
    public Format format() {
        if (format == null) {
            throw new IllegalStateException("auto is no form: ask of(settings)");
        }
        return format;
    }

    /**
     * The form that an adapter is written in: {@link #AUTO} is decided, the others are themselves.
     *
     * @param modules that it stands at
     */
    public AdapterFormat of(Attachment settings, Model model, List<String> modules) {
        return this != AUTO ? this : PEFT.refusal(settings, model, modules) == null ? PEFT : OWN;
    }

    /**
     * Refuses an adapter that this form cannot hold.
     *
     * @throws ConfigException with the forms that can
     */
    public void check(Choice<Attachment> adapter) {
        String refusal = refusal(adapter.settings());
        if (refusal != null) {
            throw refused(
                    other -> other.refusal(adapter.settings()) == null,
                    "for this " + adapter.method().name(),
                    refusal);
        }
    }

    /**
     * Refuses an adapter that cannot stand at these modules in this form.
     *
     * @param modules that the adapter stands at
     * @throws ConfigException with the forms that can
     */
    public void check(Attachment settings, Model model, List<String> modules) {
        String refusal = refusal(settings, model, modules);
        if (refusal != null) {
            throw refused(other -> other.refusal(settings, model, modules) == null, "for this model", refusal);
        }
    }

    /**
     * Refuses a model that PEFT would answer differently with, where PEFT's form was asked for by name.
     *
     * @param foreign in what its readers differ; null if they do not
     */
    public void checkReaders(@Nullable String foreign) {
        if (foreign != null && (this == PEFT || this == BONE)) {
            throw new ConfigException(FIELD + ": \"" + key() + "\" is PEFT's form, but " + foreign
                    + "; adapter_format: auto writes it nevertheless");
        }
    }

    /** Why an adapter of these settings cannot be written in this form; null if it can. */
    private @Nullable String refusal(Attachment settings) {
        try {
            if (format != null) {
                format.check(settings);
            }
            return null;
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    /** Why an adapter cannot be written in this form, by its settings and by where it stands; null if it can. */
    private @Nullable String refusal(Attachment settings, Model model, List<String> modules) {
        String refusal = refusal(settings);
        if (refusal != null || format == null) {
            return refusal;
        }
        try {
            format.check(settings, model, modules);
            return null;
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    private ConfigException refused(Predicate<AdapterFormat> canHold, String what, String reason) {
        String others = Arrays.stream(values())
                .filter(other -> other != this && canHold.test(other))
                .map(AdapterFormat::key)
                .collect(Collectors.joining(", "));
        return new ConfigException(FIELD, key(), "one of " + others + " " + what + ": " + reason);
    }

    /** As it stands in a recipe. */
    private String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
