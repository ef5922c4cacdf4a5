package org.counterweight.catalogue;

import java.util.List;

/**
 * The methods of one family, which owns this list. Found by {@link java.util.ServiceLoader}: the family's module, or a
 * program's own jar, names the class in {@code META-INF/services/org.counterweight.catalogue.Methods}, and nothing here knows
 * of it.
 */
public interface Methods {
    /** In the order in which they are shown. */
    List<Method> methods();
}
