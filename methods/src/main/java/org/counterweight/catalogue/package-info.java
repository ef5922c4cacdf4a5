/**
 * The list of methods. Start at {@link org.counterweight.catalogue.Catalogue}, which collects what each family says about its own
 * ({@link org.counterweight.catalogue.Methods}): one entry there makes a method appear in {@code cw methods}, {@code cw
 * explain}, recipes, schemas and the contract tests of its verb.
 */
@NullMarked
package org.counterweight.catalogue;

import org.jspecify.annotations.NullMarked;
