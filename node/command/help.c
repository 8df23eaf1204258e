/* --help: how a command is used, what it does, its options, an example. */
#include <stdio.h>

#include "command/run.h"
#include "command/text.h"

#define NAME_COLUMN 24 /* where the second column of a list begins */
#define LINES_MOST 40

/* One entry of a list: its name, and what it is in wrapped lines beside it. */
static void add_entry(struct cs_buffer *out, const char *name, const char *about, unsigned width)
{
    char label[128];

    snprintf(label, sizeof label, "  %s", name);
    text_add_beside(out, cs_span_of(label), cs_span_of(about), NAME_COLUMN, width, LINES_MOST);
}

static void add_options(struct cs_buffer *out, const struct option_spec *option, size_t n,
                        unsigned width)
{
    char name[96];

    for (size_t i = 0; i < n; i++) {
        if (!option[i].about)
            continue;
        snprintf(name, sizeof name, "%c%c%s--%s%s%s", option[i].letter ? '-' : ' ',
                 option[i].letter ? option[i].letter : ' ', option[i].letter ? ", " : "  ",
                 option[i].name, option[i].argument ? " " : "",
                 option[i].argument ? _(option[i].argument) : "");
        add_entry(out, name, _(option[i].about), width);
    }
}

static void add_commands(struct cs_buffer *out, const struct command *const *commands,
                         unsigned width)
{
    for (; *commands; commands++)
        add_entry(out, (*commands)->name, _((*commands)->summary), width);
}

static void add_heading(struct cs_buffer *out, const char *text)
{
    cs_buffer_printf(out, "\n" STYLE_STRONG "%s" STYLE_END "\n", text);
}

static void add_example(struct cs_buffer *out, const char *example)
{
    add_heading(out, _("Example"));
    while (*example) {
        size_t n = strcspn(example, "\n");

        cs_buffer_printf(out, "  %.*s\n", (int)n, example);
        example += n + (example[n] == '\n');
    }
}

static void add_program(struct cs_buffer *out, const struct command *const *commands,
                        unsigned width)
{
    cs_buffer_add_text(out, _("Usage: commonshelf [-C HOME] [--json] [-q | -v] COMMAND …"));
    cs_buffer_add_text(out, "\n\n");
    text_add_wrapped(out,
                     cs_span_of(_("A node of a network of libraries, schools and others that share "
                                  "what there is to learn with: it holds your catalogue, shows it "
                                  "to whom you allow, and searches those of your peers.")),
                     0, width, LINES_MOST);
    add_heading(out, _("Commands"));
    add_commands(out, commands, width);
    add_heading(out, _("Options of every command"));
    add_options(out, global_options, global_options_count, width);
    add_example(out, "commonshelf init --name \"Hill School\"\n"
                     "commonshelf import books.csv\n"
                     "commonshelf publish\n"
                     "commonshelf serve");
}

static void add_command(struct cs_buffer *out, const struct command *group, const struct command *c,
                        unsigned width)
{
    cs_buffer_printf(out, _("Usage: commonshelf %s%s%s"), group ? group->name : "",
                     group ? " " : "", c->name);
    cs_buffer_printf(out, "%s%s%s%s\n\n", c->arguments ? " " : "",
                     c->arguments ? _(c->arguments) : "", c->options ? " " : "",
                     c->options ? _("[OPTIONS]") : "");
    text_add_wrapped(out, cs_span_of(_(c->summary)), 0, width, LINES_MOST);
    if (c->about) {
        cs_buffer_add_byte(out, '\n');
        text_add_wrapped(out, cs_span_of(_(c->about)), 0, width, LINES_MOST);
    }
    if (c->sub) {
        add_heading(out, _("Commands"));
        add_commands(out, c->sub, width);
    }
    if (c->options) {
        add_heading(out, _("Options"));
        add_options(out, c->option, c->options, width);
    }
    add_example(out, c->example);
}

void help_print(struct output *out, const struct command *const *commands,
                const struct command *group, const struct command *command)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    struct output_shape shape = out->shape;

    if (command)
        add_command(&text, group, command, shape.width);
    else
        add_program(&text, commands, shape.width);
    out->shape.json = false; /* help is for people, whatever else was asked for */
    if (text.failed)
        out->lost = true;
    else
        output_print_span(out, cs_buffer_span(&text));
    out->shape.json = shape.json;
    cs_buffer_free(&text);
}
