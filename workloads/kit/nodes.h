/* Which memory node each worker's place is on, for locks that treat neighbours and others differently. C11 and C++20.
 */
#ifndef KIT_NODES_H
#define KIT_NODES_H

#include <dirent.h>
#include <fairground/plugin.h>
#include <stdint.h>
#include <stdio.h>

enum { kit_most_nodes = 1024 };

/* [any] The kernel's number of the node that a processing unit (by its OS index) is on; 0 where it knows none. */
static inline uint32_t kit_node_of_unit(uint32_t unit) {
  char folder[64];
  (void)snprintf(folder, sizeof folder, "/sys/devices/system/cpu/cpu%u", unit);
  unsigned node = 0;
  DIR* entries = opendir(folder);
  if (entries == NULL) return 0;
  for (const struct dirent* e = readdir(entries); e != NULL; e = readdir(entries))
    if (sscanf(e->d_name, "node%u", &node) == 1) break;
  closedir(entries);
  return node;
}

/* [control] Fill node_of_place, which has host->place_count elements, with numbers from 0 without gaps; how many nodes
 * that were. A place on several nodes counts as on that of its first unit, one that is not pinned as on node 0.
 * forced > 0: no question to the machine, but places dealt out in turn to so many nodes. */
static inline uint32_t kit_nodes(const fg_host* host, uint32_t forced, uint32_t* node_of_place) {
  uint32_t known[kit_most_nodes];
  uint32_t count = 0;
  for (uint32_t i = 0; i < host->place_count; ++i) {
    const fg_place* place = host->places[i];
    const uint32_t node = forced != 0 ? i % forced : (place->unit_count == 0 ? 0 : kit_node_of_unit(place->units[0]));
    uint32_t at = 0;
    while (at < count && known[at] != node) ++at;
    if (at == count && count < kit_most_nodes) known[count++] = node;
    node_of_place[i] = at % kit_most_nodes;
  }
  return count;
}

#ifndef __cplusplus
/* [C only] The parameter `nodes`, for `forced`. */
static const fg_parameter kit_nodes_parameter = {
    .size = sizeof(fg_parameter),
    .type = FG_INTEGER,
    .key = "nodes",
    .help = "deal the workers out to so many nodes in turn, whatever the machine; 0: its own",
    .unit = "",
    .minimum = 0,
    .maximum = kit_most_nodes};
#endif

#endif /* KIT_NODES_H */
