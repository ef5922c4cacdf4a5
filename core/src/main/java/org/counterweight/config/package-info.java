/**
 * Settings: immutable records, checked where they are built, read strictly from YAML and JSON.
 *
 * <p>Start at {@link org.counterweight.config.Configs}. A record's components carry
 * {@link org.counterweight.config.Setting}: what it means, what it may be, what it is when it is left out. From that one
 * place come defaults, JSON Schema and the pages of {@code cw explain}.
 */
@NullMarked
package org.counterweight.config;

import org.jspecify.annotations.NullMarked;
